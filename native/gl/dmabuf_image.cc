#include "gl/dmabuf_image.h"

#include <drm_fourcc.h>

#include <algorithm>

#include "gl/failure.h"

namespace guesthead::gl {
namespace {

struct PlaneAttributes {
  EGLint fd, offset, pitch, modifierLow, modifierHigh;
};

constexpr PlaneAttributes kPlanes[] = {
    {EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT, EGL_DMA_BUF_PLANE0_PITCH_EXT,
     EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT, EGL_DMA_BUF_PLANE1_PITCH_EXT,
     EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT, EGL_DMA_BUF_PLANE2_PITCH_EXT,
     EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT},
    {EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT, EGL_DMA_BUF_PLANE3_PITCH_EXT,
     EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT},
};

void addPlane(std::vector<EGLint>& attributes, const PlaneAttributes& names, const Plane& plane) {
  attributes.insert(attributes.end(),
                    {names.fd, plane.fd.get(), names.offset, static_cast<EGLint>(plane.offset),
                     names.pitch, static_cast<EGLint>(plane.pitch)});
}

void addModifier(std::vector<EGLint>& attributes, const PlaneAttributes& names, uint64_t modifier) {
  attributes.insert(attributes.end(),
                    {names.modifierLow, static_cast<EGLint>(modifier & 0xffffffff),
                     names.modifierHigh, static_cast<EGLint>(modifier >> 32)});
}

std::vector<EGLint> attributesOf(const DmabufLayout& layout, bool withModifier) {
  std::vector<EGLint> attributes = {EGL_WIDTH,
                                    layout.width,
                                    EGL_HEIGHT,
                                    layout.height,
                                    EGL_LINUX_DRM_FOURCC_EXT,
                                    static_cast<EGLint>(layout.fourcc)};
  for (size_t i = 0; i < layout.planes.size(); ++i) {
    addPlane(attributes, kPlanes[i], layout.planes[i]);
    if (withModifier) addModifier(attributes, kPlanes[i], layout.modifier);
  }
  if (layout.colourSpace != 0) {
    attributes.insert(attributes.end(), {EGL_YUV_COLOR_SPACE_HINT_EXT, layout.colourSpace});
  }
  if (layout.range != 0)
    attributes.insert(attributes.end(), {EGL_SAMPLE_RANGE_HINT_EXT, layout.range});
  attributes.push_back(EGL_NONE);
  return attributes;
}

const DmabufFormat* find(const Info& info, uint32_t fourcc) {
  const auto found = std::find_if(info.formats.begin(), info.formats.end(),
                                  [&](const auto& format) { return format.fourcc == fourcc; });
  return found == info.formats.end() ? nullptr : &*found;
}

/** Whether the driver is told the modifier. One that knows none takes a linear buffer without. */
bool takesModifier(const Info& info, const DmabufLayout& layout) {
  if (layout.modifier == DRM_FORMAT_MOD_INVALID) return false;
  const DmabufFormat* format = find(info, layout.fourcc);
  if (info.dmabufModifiers && (format == nullptr || !format->modifiers.empty())) return true;
  if (layout.modifier == DRM_FORMAT_MOD_LINEAR) return false;
  throw Failure{"ERR_UNSUPPORTED", "EGL_EXT_image_dma_buf_import_modifiers",
                "this driver takes the format without a modifier only: a linear buffer"};
}

}  // namespace

EGLImageKHR importImage(const Context& context, const DmabufLayout& layout) {
  const Info& info = context.info();
  if (!info.dmabufImport) {
    throw Failure{"ERR_UNSUPPORTED", "EGL_EXT_image_dma_buf_import",
                  "this driver imports no dma-bufs"};
  }
  checkLayout(layout);
  for (const Plane& plane : layout.planes) context.checkMemory(plane.fd.get());
  const auto attributes = attributesOf(layout, takesModifier(info, layout));
  const auto& egl = context.functions().egl;
  const EGLImageKHR image = egl.CreateImageKHR(context.display(), EGL_NO_CONTEXT,
                                               EGL_LINUX_DMA_BUF_EXT, nullptr, attributes.data());
  if (image != EGL_NO_IMAGE_KHR) return image;
  throw Failure{"ERR_IMPORT_REFUSED", "eglCreateImageKHR: " + eglErrorName(egl.GetError()), ""};
}

bool isExternal(const Info& info, const DmabufLayout& layout) {
  const DmabufFormat* format = find(info, layout.fourcc);
  if (format == nullptr || format->modifiers.empty()) return isYuv(layout.fourcc);
  for (const Modifier& known : format->modifiers) {
    if (known.value == layout.modifier) return known.externalOnly;
  }
  return format->modifiers.front().externalOnly;
}

}  // namespace guesthead::gl
