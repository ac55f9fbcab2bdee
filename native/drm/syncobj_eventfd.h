/* DRM_IOCTL_SYNCOBJ_EVENTFD where drm.h is older than Linux 6.6. Source: its drm.h. In C too, for
 * the tests' fake. */
#pragma once

#include <drm.h>

#ifndef DRM_IOCTL_SYNCOBJ_EVENTFD
struct drm_syncobj_eventfd {
  __u32 handle;
  __u32 flags;
  __u64 point;
  __s32 fd;
  __u32 pad;
};
#define DRM_IOCTL_SYNCOBJ_EVENTFD DRM_IOWR(0xCF, struct drm_syncobj_eventfd)
#endif
