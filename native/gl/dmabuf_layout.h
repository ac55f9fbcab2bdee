#pragma once

#include <EGL/egl.h>

#include <cstdint>
#include <vector>

#include "core/unique_fd.h"

namespace guesthead::gl {

struct Plane {
  UniqueFd fd;
  uint32_t offset;
  uint32_t pitch;
};

struct DmabufLayout {
  int width;
  int height;
  uint32_t fourcc;
  /** DRM_FORMAT_MOD_INVALID = not said. */
  uint64_t modifier;
  std::vector<Plane> planes;
  /** EGL_ITU_REC601_EXT, …; 0 = not said. */
  EGLint colourSpace;
  /** EGL_YUV_FULL_RANGE_EXT, …; 0 = not said. */
  EGLint range;
};

/** Drivers read and write where a layout says: throws Failure, ERR_USAGE, where that is outside of
 * the memory. A tiled layout is the driver's to check. */
void checkLayout(const DmabufLayout& layout);

bool isYuv(uint32_t fourcc);
/** What is drawn from it hides what is below. */
bool hasNoAlpha(uint32_t fourcc);

}  // namespace guesthead::gl
