#include "process/datagram.h"

#include "core/arguments.h"
#include "core/unique_fd.h"
#include "process/unix_address.h"

namespace guesthead {

/** A socket for each datagram: they are few, and none is left to close. */
napi_value sendDatagram(const Napi::CallbackInfo& info) {
  const UnixAddress address = UnixAddress::of(info[0]);
  const auto message = uint8sOf(info[1], "message");
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw SystemError{errno, "socket"};
  const ssize_t sent = sendto(socket.get(), message.data, message.length, MSG_NOSIGNAL,
                              address.get(), address.length);
  if (sent < 0) throw SystemError{errno, "sendto"};
  return info.Env().Undefined();
}

}  // namespace guesthead
