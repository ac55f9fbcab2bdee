#pragma once

#include <cerrno>

namespace guesthead {

/** What `call` returns, made again as long as a signal breaks it off. */
template <class Call>
auto restarted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace guesthead
