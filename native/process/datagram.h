#pragma once

#include <napi.h>

namespace guesthead {

/** sendDatagram(address, message): one datagram to a Unix socket. */
napi_value sendDatagram(const Napi::CallbackInfo& info);

}  // namespace guesthead
