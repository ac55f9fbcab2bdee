#pragma once

#include <napi.h>

namespace guesthead {

/** hypervisor(): the processor's name for the machine below it, as `KVMKVMKVM`; empty = none. */
napi_value hypervisor(const Napi::CallbackInfo& info);

}  // namespace guesthead
