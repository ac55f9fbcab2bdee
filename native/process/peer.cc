#include "process/peer.h"

#include <sys/socket.h>

#include <cerrno>

#include "core/arguments.h"
#include "core/system_error.h"

namespace guesthead {

napi_value peerProcess(const Napi::CallbackInfo& info) {
  ucred peer = {};
  socklen_t length = sizeof peer;
  if (getsockopt(fdOf(info[0], "fd"), SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) {
    throw SystemError{errno, "SO_PEERCRED"};
  }
  return Napi::Number::New(info.Env(), peer.pid);
}

}  // namespace guesthead
