#include "process/duplicate.h"

#include "core/arguments.h"
#include "core/unique_fd.h"

namespace guesthead {

napi_value duplicate(const Napi::CallbackInfo& info) {
  const int least = info[1].IsUndefined() ? 0 : fdOf(info[1], "least");
  return givenAway(info.Env(), UniqueFd::duplicate(fdOf(info[0], "fd"), least));
}

}  // namespace guesthead
