#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace guesthead {

/** pageRuns(memory, bytes): the physical pages behind a file of ordinary memory, as (page, count)
 * pairs. */
napi_value pageRuns(const Napi::CallbackInfo& info);

/** The same of `bytes` from byte `from` on, the first of a page. Throws SystemError (EPERM: who
 * asks may not know them). */
std::vector<uint64_t> runsOf(int memory, size_t bytes, size_t from = 0);

}  // namespace guesthead
