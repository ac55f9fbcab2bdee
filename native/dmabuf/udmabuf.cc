#include "dmabuf/udmabuf.h"

#include <linux/udmabuf.h>
#include <sys/mman.h>

#include "core/arguments.h"
#include "core/ioctl.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

constexpr double kMaxBytes = 4294967295;

size_t wholePages(size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

/** The driver wants memory that can no longer shrink, and refuses seals against writing. */
UniqueFd sealedMemory(size_t bytes) {
  UniqueFd memory(memfd_create("guesthead", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) throw SystemError{errno, "memfd_create"};
  if (ftruncate(memory.get(), static_cast<off_t>(bytes)) < 0) throw SystemError{errno, "ftruncate"};
  if (fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK) < 0) throw SystemError{errno, "F_ADD_SEALS"};
  return memory;
}

}  // namespace

/** The dma-buf keeps the pages: the memfd and the device are closed on the way out. */
napi_value createUdmabuf(const Napi::CallbackInfo& info) {
  const size_t bytes = wholePages(static_cast<size_t>(integerOf(info[0], "bytes", 1, kMaxBytes)));
  const UniqueFd memory = sealedMemory(bytes);
  const UniqueFd device(open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
  if (!device) throw SystemError{errno, "open /dev/udmabuf"};
  udmabuf_create request = {};
  request.memfd = static_cast<uint32_t>(memory.get());
  request.flags = UDMABUF_FLAGS_CLOEXEC;
  request.size = bytes;
  const int dmabuf = restartedIoctl(device.get(), UDMABUF_CREATE, &request);
  if (dmabuf < 0) throw SystemError{-dmabuf, "UDMABUF_CREATE"};
  return givenAway(info.Env(), UniqueFd(dmabuf));
}

}  // namespace guesthead
