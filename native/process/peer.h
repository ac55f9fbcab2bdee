#pragma once

#include <napi.h>

namespace guesthead {

/** peerProcess(fd): who made the socket at the other end. */
napi_value peerProcess(const Napi::CallbackInfo& info);

}  // namespace guesthead
