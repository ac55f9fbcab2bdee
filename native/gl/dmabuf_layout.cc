#include "gl/dmabuf_layout.h"

#include <drm_fourcc.h>
#include <unistd.h>

#include <string>

#include "gl/failure.h"

namespace guesthead::gl {
namespace {

/** Of the first plane; the least where it is not known. */
uint64_t bytesPerPixel(uint32_t fourcc) {
  switch (fourcc) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
    case DRM_FORMAT_XRGB2101010:
    case DRM_FORMAT_ARGB2101010:
    case DRM_FORMAT_XBGR2101010:
    case DRM_FORMAT_ABGR2101010:
      return 4;
    case DRM_FORMAT_RGB565:
    case DRM_FORMAT_YUYV:
    case DRM_FORMAT_UYVY:
    case DRM_FORMAT_P010:
    case DRM_FORMAT_P012:
    case DRM_FORMAT_P016:
      return 2;
    case DRM_FORMAT_XBGR16161616F:
    case DRM_FORMAT_ABGR16161616F:
      return 8;
    default:
      return 1;
  }
}

Failure tooSmall(size_t plane, uint64_t needed, uint64_t size) {
  return Failure{"ERR_USAGE", "importDmabuf",
                 "plane " + std::to_string(plane) + " ends at byte " + std::to_string(needed) +
                     ", and its dma-buf at " + std::to_string(size)};
}

}  // namespace

void checkLayout(const DmabufLayout& layout) {
  if (layout.modifier != DRM_FORMAT_MOD_INVALID && layout.modifier != DRM_FORMAT_MOD_LINEAR) return;
  const uint64_t row = layout.width * bytesPerPixel(layout.fourcc);
  for (size_t i = 0; i < layout.planes.size(); ++i) {
    const auto& [fd, offset, pitch] = layout.planes[i];
    if (i == 0 && pitch < row) {
      throw Failure{"ERR_USAGE", "importDmabuf",
                    "a row has " + std::to_string(row) + " bytes, and the stride is shorter"};
    }
    const off_t size = lseek(fd.get(), 0, SEEK_END);
    if (size < 0) continue;  // no dma-buf: EGL says so
    const uint64_t rows = i == 0 ? layout.height - 1 : 0;
    const uint64_t needed = offset + rows * pitch + (i == 0 ? row : pitch);
    if (needed > static_cast<uint64_t>(size)) throw tooSmall(i, needed, size);
  }
}

bool isYuv(uint32_t fourcc) {
  switch (fourcc) {
    case DRM_FORMAT_YUYV:
    case DRM_FORMAT_YVYU:
    case DRM_FORMAT_UYVY:
    case DRM_FORMAT_VYUY:
    case DRM_FORMAT_AYUV:
    case DRM_FORMAT_XYUV8888:
    case DRM_FORMAT_Y210:
    case DRM_FORMAT_Y212:
    case DRM_FORMAT_Y216:
    case DRM_FORMAT_Y410:
    case DRM_FORMAT_Y412:
    case DRM_FORMAT_Y416:
    case DRM_FORMAT_NV12:
    case DRM_FORMAT_NV21:
    case DRM_FORMAT_NV16:
    case DRM_FORMAT_NV61:
    case DRM_FORMAT_P010:
    case DRM_FORMAT_P012:
    case DRM_FORMAT_P016:
    case DRM_FORMAT_YUV410:
    case DRM_FORMAT_YVU410:
    case DRM_FORMAT_YUV411:
    case DRM_FORMAT_YVU411:
    case DRM_FORMAT_YUV420:
    case DRM_FORMAT_YVU420:
    case DRM_FORMAT_YUV422:
    case DRM_FORMAT_YVU422:
    case DRM_FORMAT_YUV444:
    case DRM_FORMAT_YVU444:
      return true;
    default:
      return false;
  }
}

bool hasNoAlpha(uint32_t fourcc) {
  switch (fourcc) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_RGBX8888:
    case DRM_FORMAT_BGRX8888:
    case DRM_FORMAT_XRGB2101010:
    case DRM_FORMAT_XBGR2101010:
    case DRM_FORMAT_RGB888:
    case DRM_FORMAT_BGR888:
    case DRM_FORMAT_RGB565:
      return true;
    default:
      return isYuv(fourcc) && fourcc != DRM_FORMAT_AYUV;
  }
}

}  // namespace guesthead::gl
