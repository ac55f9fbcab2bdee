#include "process/duplicate.h"

#include "core/arguments.h"
#include "core/unique_fd.h"

namespace guesthead {

napi_value duplicate(const Napi::CallbackInfo& info) {
  return givenAway(info.Env(), UniqueFd::duplicate(fdOf(info[0], "fd")));
}

}  // namespace guesthead
