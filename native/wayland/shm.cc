#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/arguments.h"
#include "dmabuf/udmabuf.h"
#include "paint/painting.h"
#include "wayland/server.h"

namespace guesthead::wayland {
namespace {

constexpr int32_t kPixelBytes = 4;
constexpr uint32_t kArgb8888 = 0, kXrgb8888 = 1;
/** As much as a painting takes. */
constexpr int32_t kMostPixels = 16384;

/** Between begin and end libwayland catches what reading a client's truncated file would do to us.
 */
class Access {
 public:
  Access(const Library& library, wl_shm_buffer* buffer) : library_(library), buffer_(buffer) {
    library_.shm_buffer_begin_access(buffer_);
  }
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;
  ~Access() { library_.shm_buffer_end_access(buffer_); }

 private:
  const Library& library_;
  wl_shm_buffer* buffer_;
};

}  // namespace

/** [width, height, stride in bytes, format of wl_shm]; null for what is no buffer of wl_shm. */
napi_value Server::shmInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Resource* const target = resourceOf(info[0]);
  wl_shm_buffer* const buffer =
      target == nullptr ? nullptr : library_.shm_buffer_get(target->object);
  if (buffer == nullptr) return env.Null();
  const Napi::Array described = Napi::Array::New(env, 4);
  described.Set(0u, library_.shm_buffer_get_width(buffer));
  described.Set(1u, library_.shm_buffer_get_height(buffer));
  described.Set(2u, library_.shm_buffer_get_stride(buffer));
  described.Set(3u, library_.shm_buffer_get_format(buffer));
  return described;
}

/**
 * shmRead(resource, target, targetStride, x, y, width, height): copies a rectangle of four bytes a
 * pixel to the same place of `target`; what lies outside of either is left out. Whether there was a
 * buffer.
 */
napi_value Server::shmRead(const Napi::CallbackInfo& info) {
  const napi_env env = info.Env();
  Resource* const resource = resourceOf(info[0]);
  wl_shm_buffer* const buffer =
      resource == nullptr ? nullptr : library_.shm_buffer_get(resource->object);
  const auto target = uint8sOf(info[1], "target");
  const auto targetStride =
      static_cast<int64_t>(integerOf(info[2], "targetStride", kPixelBytes, INT32_MAX));
  const auto left = static_cast<int64_t>(integerOf(info[3], "x", 0, INT32_MAX));
  const auto top = static_cast<int64_t>(integerOf(info[4], "y", 0, INT32_MAX));
  const auto width = static_cast<int64_t>(integerOf(info[5], "width", 0, INT32_MAX));
  const auto height = static_cast<int64_t>(integerOf(info[6], "height", 0, INT32_MAX));
  if (buffer == nullptr) return booleanValue(env, false);
  const int64_t stride = library_.shm_buffer_get_stride(buffer);
  const int64_t right = std::min({left + width, stride / kPixelBytes, targetStride / kPixelBytes,
                                  static_cast<int64_t>(library_.shm_buffer_get_width(buffer))});
  // The last row need not be a whole stride long.
  const int64_t after = static_cast<int64_t>(target.length) - right * kPixelBytes;
  const int64_t rows = after < 0 ? 0 : after / targetStride + 1;
  const int64_t bottom =
      std::min({top + height, rows, static_cast<int64_t>(library_.shm_buffer_get_height(buffer))});
  const Access access(library_, buffer);
  const auto* const from = static_cast<const uint8_t*>(library_.shm_buffer_get_data(buffer));
  for (int64_t row = top; row < bottom && left < right; ++row) {
    std::memcpy(const_cast<uint8_t*>(target.data) + row * targetStride + left * kPixelBytes,
                from + row * stride + left * kPixelBytes, (right - left) * kPixelBytes);
  }
  return booleanValue(env, true);
}

/**
 * shmPaint(resource, target, numbers): draws it as `numbers` say (paint/painting.h). False where
 * there is no such buffer, or its rows cannot be read as pixels.
 */
napi_value Server::shmPaint(const Napi::CallbackInfo& info) {
  const napi_env env = info.Env();
  Resource* const resource = resourceOf(info[0]);
  const paint::Painting painting(info[1], info[2]);
  wl_shm_buffer* const buffer =
      resource == nullptr ? nullptr : library_.shm_buffer_get(resource->object);
  if (buffer == nullptr) return booleanValue(env, false);
  const int32_t stride = library_.shm_buffer_get_stride(buffer);
  const uint32_t format = library_.shm_buffer_get_format(buffer);
  const Access access(library_, buffer);
  const auto* const bytes = static_cast<const uint8_t*>(library_.shm_buffer_get_data(buffer));
  // libwayland does not ask for rows as long as their pixels, nor for pixels at whole addresses.
  const paint::Source source = {
      bytes, std::min(library_.shm_buffer_get_width(buffer), stride / kPixelBytes),
      library_.shm_buffer_get_height(buffer), stride, format == kArgb8888};
  const bool readable = format <= kXrgb8888 && stride % kPixelBytes == 0 &&
                        reinterpret_cast<uintptr_t>(bytes) % kPixelBytes == 0 && source.width > 0 &&
                        source.width <= kMostPixels && source.height <= kMostPixels;
  if (readable) painting.draw(source);
  return booleanValue(env, readable);
}

/**
 * shmDmabuf(resource): a new dma-buf of the pages that a buffer lies in, the caller's to close.
 * Throws SystemError: EBADF for what is no buffer whose memory is known; EPERM where its memory may
 * shrink and its client has forbidden to change that; EINVAL where it does not begin at a page, or
 * the kernel refuses it; ENOENT without /dev/udmabuf.
 */
napi_value Server::shmDmabuf(const Napi::CallbackInfo& info) {
  Resource* const resource = resourceOf(info[0]);
  const ShmPicture* const picture =
      resource == nullptr || pools_ == nullptr ? nullptr : pools_->find(resource->object);
  if (picture == nullptr) throw SystemError{EBADF, "the memory of the buffer"};
  const int memory = picture->memory->fd.get();
  sealAgainstShrinking(memory);
  const size_t bytes =
      wholePages(static_cast<size_t>(picture->stride) * static_cast<size_t>(picture->height));
  UniqueFd dmabuf = udmabufOf(memory, static_cast<size_t>(picture->offset), bytes);
  unmapPages(library_.shm_buffer_get(resource->object), bytes);
  return givenAway(info.Env(), std::move(dmabuf));
}

/** What is shown as it is, the CPU reads no more: until it does, its pages do not count as this
 * process's. */
void Server::unmapPages(wl_shm_buffer* buffer, size_t bytes) const {
  if (buffer != nullptr) madvise(library_.shm_buffer_get_data(buffer), bytes, MADV_DONTNEED);
}

}  // namespace guesthead::wayland
