#pragma once

#include <napi.h>

namespace guesthead {

/** runInRealTime(): the calling thread has SCHED_RR from now on; whether it may. */
napi_value runInRealTime(const Napi::CallbackInfo& info);

}  // namespace guesthead
