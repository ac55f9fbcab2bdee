#pragma once

#include <napi.h>

namespace guesthead {

/** giveBackFreedMemory(): from now on the C library's allocator gives back what is free. */
napi_value giveBackFreedMemory(const Napi::CallbackInfo& info);

}  // namespace guesthead
