#pragma once

#include <napi.h>

namespace guesthead {

/** openUevents(): a socket that hears the kernel's uevents; the caller owns the descriptor. */
napi_value openUevents(const Napi::CallbackInfo& info);
/** readUevent(fd): the next uevent's text, "" for another process's message, undefined for none. */
napi_value readUevent(const Napi::CallbackInfo& info);

}  // namespace guesthead
