#pragma once

#include <cstdint>

namespace guesthead {

/** An atomic request as the kernel takes it: `counts[i]` of the properties belong to `objects[i]`.
 */
struct AtomicArrays {
  uint32_t objectCount;
  const uint32_t* objects;
  const uint32_t* counts;
  const uint32_t* properties;
  const uint64_t* values;
};

/** DRM_IOCTL_MODE_ATOMIC. 0 or a negative errno; `userData` comes back with the flip's event. */
int atomicCommit(int fd, const AtomicArrays& request, uint32_t flags, uint64_t userData);

}  // namespace guesthead
