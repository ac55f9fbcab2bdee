#pragma once

#include <napi.h>

namespace guesthead {

/** loadDriverAhead(): has a thread of its own load Mesa's drivers, for whoever opens a GPU in a
 * moment. */
napi_value loadDriverAhead(const Napi::CallbackInfo& info);

}  // namespace guesthead
