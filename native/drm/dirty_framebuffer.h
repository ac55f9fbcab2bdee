#pragma once

#include <napi.h>

namespace guesthead {

/** dirtyFramebuffer(fd, framebuffer): a promise, as drivers may wait for a vblank in it. */
napi_value dirtyFramebuffer(const Napi::CallbackInfo& info);

}  // namespace guesthead
