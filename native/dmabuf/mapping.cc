#include "dmabuf/mapping.h"

#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/arguments.h"
#include "core/ioctl.h"

namespace guesthead {
namespace {

/** A page past a file's end kills who touches it; a dma-buf's own mmap refuses it. */
void checkSize(int fd, uint64_t end) {
  struct stat status;
  if (fstat(fd, &status) < 0) throw SystemError{errno, "fstat"};
  if (S_ISREG(status.st_mode) && static_cast<uint64_t>(status.st_size) < end) {
    throw SystemError{EINVAL, "mmap"};
  }
}

/**
 * JavaScript has no read-only ArrayBuffer: a write to a read-only mapping would
 * kill the process. So `read` maps for writing too wherever the descriptor allows it.
 */
void* mapShared(int fd, size_t bytes, uint32_t access) {
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED && access == DMA_BUF_SYNC_READ && (errno == EACCES || errno == EPERM)) {
    address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
  }
  if (address == MAP_FAILED) throw SystemError{errno, "mmap"};
  return address;
}

/**
 * The pages as the file has them, and not to be changed: what JavaScript writes goes to a page of
 * its own, which shows nothing new from then on. A mapping that forbids writing would kill the
 * process instead.
 */
void* mapOver(char* address, const Piece& piece) {
  checkSize(piece.fd, piece.offset + piece.size);
  return mmap(address, piece.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE | MAP_FIXED,
              piece.fd, static_cast<off_t>(piece.offset));
}

/** Lays the pieces over one range of addresses, taken before. */
void mapAllOver(char* address, const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    if (mapOver(address, piece) == MAP_FAILED) throw SystemError{errno, "mmap"};
    address += piece.size;
  }
}

}  // namespace

void Mapping::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("beginAccess", call<Mapping, &Mapping::beginAccess>),
      method("endAccess", call<Mapping, &Mapping::endAccess>),
      method("close", callClose<Mapping>),
  };
  environment.defineClass(kClass, "Mapping", std::size(methods), methods);
}

napi_value Mapping::map(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const auto bytes = static_cast<size_t>(integerOf(info[1], "bytes", 1, kMaxBytes));
  const uint32_t access = accessOf(info[2]);
  return handOut(info.Env(), std::make_shared<Mapping>(info.Env(), fd, bytes, access));
}

napi_value Mapping::mapPieces(const Napi::CallbackInfo& info) {
  return handOut(info.Env(), std::make_shared<Mapping>(info.Env(), piecesOf(info)));
}

napi_value Mapping::handOut(Napi::Env env, const std::shared_ptr<Mapping>& mapping) {
  const napi_value buffer = expose(env, mapping);
  const napi_value object = wrap(*Environment::of(env), mapping);
  const napi_property_descriptor property = {"buffer", nullptr, nullptr,         nullptr,
                                             nullptr,  buffer,  napi_enumerable, nullptr};
  check(env, napi_define_properties(env, object, 1, &property));
  check(env, napi_create_reference(env, buffer, 0, &mapping->buffer_));
  return object;
}

Mapping::Mapping(napi_env env, int fd, size_t bytes, uint32_t access)
    : env_(env), fd_(UniqueFd::duplicate(fd)), address_(nullptr), bytes_(bytes) {
  checkSize(fd, bytes);
  address_ = mapShared(fd, bytes, access);
}

Mapping::Mapping(napi_env env, const Pieces& pieces)
    : env_(env), address_(nullptr), bytes_(pieces.bytes) {
  void* range = mmap(nullptr, bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (range == MAP_FAILED) throw SystemError{errno, "mmap"};
  try {
    mapAllOver(static_cast<char*>(range), pieces.list);
  } catch (...) {
    munmap(range, bytes_);  // A constructor that throws has no destructor.
    throw;
  }
  address_ = range;
}

/** The ArrayBuffer; its finalizer drops its share once its memory is used no more. */
napi_value Mapping::expose(Napi::Env env, const std::shared_ptr<Mapping>& mapping) {
  auto* share = new std::shared_ptr<Mapping>(mapping);
  const napi_finalize drop = [](napi_env, void*, void* held) {
    const std::unique_ptr<std::shared_ptr<Mapping>> ours(
        static_cast<std::shared_ptr<Mapping>*>(held));
    (*ours)->discount(false);
  };
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      env, mapping->address_, mapping->bytes_, drop, share, &buffer);
  if (status == napi_no_external_buffers_allowed) {
    delete share;  // Only here is the finalizer known not to be called.
    throw Napi::Error::New(env, "this JavaScript engine does not allow external ArrayBuffers");
  }
  check(env, status);
  mapping->discount(true);
  return buffer;
}

/**
 * V8 takes the size of an ArrayBuffer for memory that collecting garbage would free, and
 * with a few pictures mapped collects at once. These pages are the device's: they do not count.
 */
void Mapping::discount(bool discounted) {
  if (std::exchange(discounted_, discounted) == discounted) return;
  const auto bytes = static_cast<int64_t>(bytes_);
  int64_t total;
  napi_adjust_external_memory(env_, discounted ? -bytes : bytes, &total);
}

Mapping::~Mapping() {
  if (buffer_ != nullptr) napi_delete_reference(env_, buffer_);
  unmap();
}

napi_value Mapping::beginAccess(const Napi::CallbackInfo& info) {
  return synchronize(info, DMA_BUF_SYNC_START);
}

napi_value Mapping::endAccess(const Napi::CallbackInfo& info) {
  return synchronize(info, DMA_BUF_SYNC_END);
}

napi_value Mapping::synchronize(const Napi::CallbackInfo& info, uint64_t step) {
  dma_buf_sync sync = {step | accessOf(info[0])};
  if (!fd_) return nullptr;  // Ordinary memory is coherent, and has no fences.
  const int result = restartedIoctl(fd_.get(), DMA_BUF_IOCTL_SYNC, &sync);
  if (result < 0) throw SystemError{-result, "DMA_BUF_IOCTL_SYNC"};
  return nullptr;
}

/** An ArrayBuffer that was transferred has given its memory to another: that one's end unmaps it.
 */
void Mapping::close() {
  if (std::exchange(closed_, true)) return;
  if (detachBuffer()) unmap();
  fd_.reset();
}

bool Mapping::detachBuffer() {
  napi_value buffer = nullptr;
  bool detached = true;
  if (napi_get_reference_value(env_, buffer_, &buffer) != napi_ok || buffer == nullptr)
    return false;
  if (napi_is_detached_arraybuffer(env_, buffer, &detached) != napi_ok || detached) return false;
  discount(false);  // V8 takes the size off as it detaches.
  return napi_detach_arraybuffer(env_, buffer) == napi_ok;
}

void Mapping::unmap() {
  if (address_ != nullptr) munmap(std::exchange(address_, nullptr), bytes_);
}

}  // namespace guesthead
