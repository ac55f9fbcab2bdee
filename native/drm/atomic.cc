#include "drm/atomic.h"

#include <drm.h>
#include <drm_mode.h>

#include "core/ioctl.h"

namespace guesthead {

int atomicCommit(int fd, const AtomicArrays& request, uint32_t flags, uint64_t userData) {
  drm_mode_atomic atomic = {};
  atomic.flags = flags;
  atomic.count_objs = request.objectCount;
  atomic.objs_ptr = reinterpret_cast<uintptr_t>(request.objects);
  atomic.count_props_ptr = reinterpret_cast<uintptr_t>(request.counts);
  atomic.props_ptr = reinterpret_cast<uintptr_t>(request.properties);
  atomic.prop_values_ptr = reinterpret_cast<uintptr_t>(request.values);
  atomic.user_data = userData;
  return restartedIoctl(fd, DRM_IOCTL_MODE_ATOMIC, &atomic);
}

}  // namespace guesthead
