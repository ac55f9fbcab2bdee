#include "dmabuf/pieces.h"

#include <linux/udmabuf.h>
#include <sys/mman.h>

#include <limits>

#include "core/arguments.h"
#include "core/ioctl.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

constexpr uint64_t kMaxOffset = std::numeric_limits<int64_t>::max();
constexpr uint32_t kMaxFd = std::numeric_limits<int32_t>::max();

Piece checked(napi_env env, uint32_t fd, uint64_t offset, uint64_t size) {
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const bool whole = offset % page == 0 && size % page == 0 && size > 0;
  if (fd > kMaxFd || !whole || size > kMaxBytes || offset > kMaxOffset - size) {
    throw Napi::RangeError::New(env, "a piece must be whole pages of a descriptor's file");
  }
  return {static_cast<int>(fd), offset, size};
}

std::vector<uint8_t> requestOf(const Pieces& pieces) {
  const size_t header = sizeof(udmabuf_create_list);
  std::vector<uint8_t> bytes(header + pieces.list.size() * sizeof(udmabuf_create_item));
  auto* request = reinterpret_cast<udmabuf_create_list*>(bytes.data());
  request->flags = UDMABUF_FLAGS_CLOEXEC;
  request->count = static_cast<uint32_t>(pieces.list.size());
  for (size_t i = 0; i < pieces.list.size(); i++) {
    const auto& [fd, offset, size] = pieces.list[i];
    request->list[i] = {static_cast<uint32_t>(fd), 0, offset, size};
  }
  return bytes;
}

}  // namespace

Pieces piecesOf(const Napi::CallbackInfo& info) {
  const auto fds = uint32sOf(info[0], "fds");
  const auto offsets = uint64sOf(info[1], "offsets");
  const auto sizes = uint64sOf(info[2], "sizes");
  if (fds.length == 0 || fds.length != offsets.length || fds.length != sizes.length) {
    throw Napi::RangeError::New(info.Env(), "fds, offsets and sizes must be equally many");
  }
  Pieces pieces = {{}, 0};
  pieces.list.reserve(fds.length);
  for (size_t i = 0; i < fds.length; i++) {
    pieces.list.push_back(checked(info.Env(), fds.data[i], offsets.data[i], sizes.data[i]));
    if (sizes.data[i] > kMaxBytes - pieces.bytes) {
      throw Napi::RangeError::New(info.Env(), "the pieces must be less than 4 GiB together");
    }
    pieces.bytes += sizes.data[i];
  }
  return pieces;
}

/** The dma-buf keeps the pages; the device is closed on the way out. */
napi_value createUdmabufOf(const Napi::CallbackInfo& info) {
  std::vector<uint8_t> request = requestOf(piecesOf(info));
  const UniqueFd device(open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
  if (!device) throw SystemError{errno, "open /dev/udmabuf"};
  const int dmabuf = restartedIoctl(device.get(), UDMABUF_CREATE_LIST, request.data());
  if (dmabuf < 0) throw SystemError{-dmabuf, "UDMABUF_CREATE_LIST"};
  return givenAway(info.Env(), UniqueFd(dmabuf));
}

napi_value sealsOf(const Napi::CallbackInfo& info) {
  const int seals = fcntl(fdOf(info[0], "fd"), F_GET_SEALS);
  if (seals < 0) throw SystemError{errno, "F_GET_SEALS"};
  return Napi::Number::New(info.Env(), seals);
}

}  // namespace guesthead
