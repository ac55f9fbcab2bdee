#pragma once

#include <napi.h>

namespace guesthead {

/** pageRuns(memory, bytes): the physical pages behind a file of ordinary memory, as (page, count)
 * pairs. */
napi_value pageRuns(const Napi::CallbackInfo& info);

}  // namespace guesthead
