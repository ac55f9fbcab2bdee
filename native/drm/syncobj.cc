#include "drm/syncobj.h"

#include <drm.h>
#include <sys/eventfd.h>

#include "core/ioctl.h"
#include "drm/syncobj_eventfd.h"

namespace guesthead {
namespace {

void callNode(const SharedNode& node, unsigned long request, void* argument, const char* name) {
  const int result = restartedIoctl(node->get(), request, argument);
  if (result < 0) throw SystemError{-result, name};
}

void checkCapability(const SharedNode& node) {
  drm_get_cap capability = {DRM_CAP_SYNCOBJ_TIMELINE, 0};
  callNode(node, DRM_IOCTL_GET_CAP, &capability, "DRM_IOCTL_GET_CAP");
  if (capability.value == 0) throw SystemError{EOPNOTSUPP, "DRM_CAP_SYNCOBJ_TIMELINE"};
}

/** A kernel that knows the call says that there is no syncobj 0; another one refuses the call. */
void checkEventfd(const SharedNode& node) {
  drm_syncobj_eventfd request = {};
  request.fd = -1;
  const int result = restartedIoctl(node->get(), DRM_IOCTL_SYNCOBJ_EVENTFD, &request);
  if (result != -ENOENT) {
    throw SystemError{result < 0 ? -result : EINVAL, "DRM_IOCTL_SYNCOBJ_EVENTFD"};
  }
}

/** What is signalled by one handle has to be seen by another. */
void checkSharing(const SharedNode& node) {
  const Syncobj ours = Syncobj::create(node);
  const UniqueFd shared = ours.exported();
  const Syncobj theirs = Syncobj::import(node, shared.get());
  const UniqueFd event = theirs.eventOf(1);
  ours.signal(1);
  uint64_t count = 0;
  if (!theirs.isSignalled(1) || read(event.get(), &count, sizeof count) != sizeof count) {
    throw SystemError{EIO, "DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL"};
  }
}

}  // namespace

Syncobj Syncobj::create(SharedNode node) {
  drm_syncobj_create request = {};
  callNode(node, DRM_IOCTL_SYNCOBJ_CREATE, &request, "DRM_IOCTL_SYNCOBJ_CREATE");
  return Syncobj(std::move(node), request.handle);
}

Syncobj Syncobj::import(SharedNode node, int fd) {
  drm_syncobj_handle request = {};
  request.fd = fd;
  callNode(node, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &request, "DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE");
  return Syncobj(std::move(node), request.handle);
}

Syncobj::Syncobj(Syncobj&& other) noexcept
    : node_(std::move(other.node_)), handle_(std::exchange(other.handle_, 0)) {}

/** Of a device that is gone nothing answers, and the last close of its node frees all handles. */
Syncobj::~Syncobj() {
  if (handle_ == 0) return;
  drm_syncobj_destroy request = {handle_, 0};
  restartedIoctl(node_->get(), DRM_IOCTL_SYNCOBJ_DESTROY, &request);
}

void Syncobj::call(unsigned long request, void* argument, const char* name) const {
  callNode(node_, request, argument, name);
}

UniqueFd Syncobj::exported() const {
  drm_syncobj_handle request = {};
  request.handle = handle_;
  call(DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &request, "DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD");
  return UniqueFd(request.fd);
}

/** A wait that does not: its time is up at once. */
bool Syncobj::isSignalled(uint64_t point) const {
  drm_syncobj_timeline_wait request = {};
  request.handles = reinterpret_cast<uintptr_t>(&handle_);
  request.points = reinterpret_cast<uintptr_t>(&point);
  request.count_handles = 1;
  request.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT;
  const int result = restartedIoctl(node_->get(), DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &request);
  if (result < 0 && result != -ETIME) {
    throw SystemError{-result, "DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT"};
  }
  return result >= 0;
}

UniqueFd Syncobj::eventOf(uint64_t point) const {
  UniqueFd event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event) throw SystemError{errno, "eventfd"};
  drm_syncobj_eventfd request = {};
  request.handle = handle_;
  request.point = point;
  request.fd = event.get();
  call(DRM_IOCTL_SYNCOBJ_EVENTFD, &request, "DRM_IOCTL_SYNCOBJ_EVENTFD");
  return event;
}

void Syncobj::signal(uint64_t point) const {
  drm_syncobj_timeline_array request = {};
  request.handles = reinterpret_cast<uintptr_t>(&handle_);
  request.points = reinterpret_cast<uintptr_t>(&point);
  request.count_handles = 1;
  call(DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &request, "DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL");
}

void trySyncobjs(const SharedNode& node) {
  checkCapability(node);
  checkEventfd(node);
  checkSharing(node);
}

}  // namespace guesthead
