#pragma once

#include <napi.h>

#include "gl/renderer.h"

namespace guesthead::gl {

/** `GlFailure` in src/native/gl.ts, or undefined. */
napi_value failureValue(napi_env env, const std::optional<Failure>& failure);
/** What a job gives: the driver's `GlInfo`, an ArrayBuffer of pixels, or undefined. */
napi_value valueOf(napi_env env, const Result& result);
/** An ArrayBuffer of the very memory that the thread reads; it keeps its share when it is
 * transferred. */
napi_value pixelsValue(napi_env env, const std::shared_ptr<Pixels>& pixels);

}  // namespace guesthead::gl
