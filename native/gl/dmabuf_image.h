#pragma once

#include "gl/context.h"
#include "gl/dmabuf_layout.h"

namespace guesthead::gl {

/** A dma-buf as an EGLImage of the context's display, the caller's to destroy. Throws Failure. */
EGLImageKHR importImage(const Context& context, const DmabufLayout& layout);

/** Whether the driver takes it as an external texture only. Where it lists no formats, YUV is no
 * plain texture all the same. */
bool isExternal(const Info& info, const DmabufLayout& layout);

}  // namespace guesthead::gl
