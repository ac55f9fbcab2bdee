#pragma once

#include <napi.h>

namespace guesthead {

/** openUevents(): a socket that hears the kernel's uevents; the caller owns the descriptor. */
napi_value openUevents(const Napi::CallbackInfo& info);

}  // namespace guesthead
