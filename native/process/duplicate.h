#pragma once

#include <napi.h>

namespace guesthead {

/** duplicate(fd, least): another descriptor of the same open file, from the number `least` on; the
 * caller owns it. */
napi_value duplicate(const Napi::CallbackInfo& info);

}  // namespace guesthead
