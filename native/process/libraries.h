#pragma once

#include <napi.h>

namespace guesthead {

/** discardCode(name): unmaps the code of the loaded libraries whose file's name begins so. */
napi_value discardCode(const Napi::CallbackInfo& info);

}  // namespace guesthead
