#include "gl/own_memory.h"

#include <drm.h>
#include <drm_mode.h>
#include <sys/mman.h>

#include <cstring>
#include <string>

#include "core/ioctl.h"
#include "gl/failure.h"

namespace guesthead::gl {
namespace {

/** For a software renderer a page is as good as all of it. */
constexpr size_t kPage = 4096;

Failure refused(const char* operation, const std::string& why) {
  return Failure{"ERR_UNSUPPORTED", operation, why};
}

/** Whoever opens a card that nobody is master of becomes its master. */
UniqueFd openAgain(int fd) {
  UniqueFd node(open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC));
  if (node) ioctl(node.get(), DRM_IOCTL_DROP_MASTER, nullptr);
  return node;
}

bool canMap(int node, uint32_t handle) {
  drm_mode_map_dumb map = {};
  map.handle = handle;
  if (restartedIoctl(node, DRM_IOCTL_MODE_MAP_DUMB, &map) < 0) return false;
  void* page = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, node, static_cast<off_t>(map.offset));
  if (page == MAP_FAILED) return false;
  munmap(page, kPage);
  return true;
}

}  // namespace

OwnMemory::OwnMemory(int fd) : node_(openAgain(fd)) {}

void OwnMemory::check(int dmabuf) const {
  if (!node_) {
    throw refused("open",
                  "whose memory it is cannot be asked, for the node cannot be opened again");
  }
  drm_prime_handle prime = {};
  prime.fd = dmabuf;
  if (restartedIoctl(node_.get(), DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) < 0) return;
  const bool mapped = canMap(node_.get(), prime.handle);
  drm_gem_close closed = {};
  closed.handle = prime.handle;
  restartedIoctl(node_.get(), DRM_IOCTL_GEM_CLOSE, &closed);
  if (!mapped) throw refused("DRM_IOCTL_MODE_MAP_DUMB", "it is the memory of another device");
}

}  // namespace guesthead::gl
