#include "process/scheduling.h"

#include <sched.h>
#include <sys/resource.h>

#include "core/callbacks.h"

namespace guesthead {
namespace {

/** The kernel ends a process one of whose real-time threads has computed for longer than this at a
 * stretch: what is limited stays as it is. */
bool hasNoTimeLimit() {
  rlimit limit{};
  return getrlimit(RLIMIT_RTTIME, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

/** The least of real-time priorities; threads and processes that this one starts have none. */
bool takeRoundRobin() {
  const sched_param least{sched_get_priority_min(SCHED_RR)};
  return sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &least) == 0;
}

}  // namespace

napi_value runInRealTime(const Napi::CallbackInfo& info) {
  return booleanValue(info.Env(), hasNoTimeLimit() && takeRoundRobin());
}

}  // namespace guesthead
