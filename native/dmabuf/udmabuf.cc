#include "dmabuf/udmabuf.h"

#include <linux/udmabuf.h>
#include <sys/mman.h>

#include "core/arguments.h"
#include "core/ioctl.h"
#include "core/unique_fd.h"
#include "dmabuf/fresh_pages.h"
#include "dmabuf/pieces.h"

namespace guesthead {
namespace {

/** The driver wants memory that can no longer shrink, and refuses seals against writing. */
UniqueFd sealedMemory(size_t bytes) {
  UniqueFd memory(memfd_create("guesthead", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) throw SystemError{errno, "memfd_create"};
  if (ftruncate(memory.get(), static_cast<off_t>(bytes)) < 0) throw SystemError{errno, "ftruncate"};
  sealAgainstShrinking(memory.get());
  return memory;
}

size_t bytesOf(const Napi::Value& value) {
  return wholePages(static_cast<size_t>(integerOf(value, "bytes", 1, kMaxBytes)));
}

}  // namespace

size_t wholePages(size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

void sealAgainstShrinking(int memory) {
  const int seals = fcntl(memory, F_GET_SEALS);
  if (seals < 0) throw SystemError{errno, "F_GET_SEALS"};
  if ((seals & F_SEAL_SHRINK) != 0) return;
  if (fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) < 0) throw SystemError{errno, "F_ADD_SEALS"};
}

UniqueFd udmabufOf(int memory, size_t offset, size_t bytes) {
  const UniqueFd device(open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
  if (!device) throw SystemError{errno, "open /dev/udmabuf"};
  udmabuf_create request = {};
  request.memfd = static_cast<uint32_t>(memory);
  request.flags = UDMABUF_FLAGS_CLOEXEC;
  request.offset = offset;
  request.size = bytes;
  const int dmabuf = restartedIoctl(device.get(), UDMABUF_CREATE, &request);
  if (dmabuf < 0) throw SystemError{-dmabuf, "UDMABUF_CREATE"};
  return UniqueFd(dmabuf);
}

/** The dma-buf keeps the pages: the memfd and the device are closed on the way out. */
napi_value createUdmabuf(const Napi::CallbackInfo& info) {
  const size_t bytes = bytesOf(info[0]);
  const UniqueFd memory = sealedMemory(bytes);
  return givenAway(info.Env(), udmabufOf(memory.get(), 0, bytes));
}

napi_value createMemory(const Napi::CallbackInfo& info) {
  const size_t bytes = bytesOf(info[0]);
  const bool filled = !info[1].IsUndefined() && booleanOf(info[1], "filled");
  UniqueFd memory = sealedMemory(bytes);
  if (filled) makePages(memory.get(), bytes);
  return givenAway(info.Env(), std::move(memory));
}

/** The driver itself refuses what is no memfd, can shrink, or is too short. */
napi_value wrapMemory(const Napi::CallbackInfo& info) {
  const int memory = fdOf(info[0], "memory");
  return givenAway(info.Env(), udmabufOf(memory, 0, bytesOf(info[1])));
}

}  // namespace guesthead
