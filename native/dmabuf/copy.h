#pragma once

#include <napi.h>

namespace guesthead {

/** copyRectangles(target, targetStride, source, sourceStride, rectangles, count): bytes copied. */
napi_value copyRectangles(const Napi::CallbackInfo& info);

}  // namespace guesthead
