#pragma once

#include <napi.h>

namespace guesthead {

/** duplicate(fd): another descriptor of the same open file; the caller owns it. */
napi_value duplicate(const Napi::CallbackInfo& info);

}  // namespace guesthead
