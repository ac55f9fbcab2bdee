#include "process/allocator.h"

#include <features.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace guesthead {

/**
 * By itself, glibc raises both limits to the largest block that was ever freed, up to 32 and 64
 * MiB, and keeps so much in each thread's arena. Setting one ends that for both. Other C libraries
 * have no such limits.
 */
napi_value giveBackFreedMemory(const Napi::CallbackInfo& info) {
#ifdef __GLIBC__
  constexpr int kKeptBytes = 128 * 1024;  // what it keeps at first
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  malloc_trim(0);
#endif
  return info.Env().Undefined();
}

}  // namespace guesthead
