#include "process/datagram.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "core/arguments.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

struct Address {
  sockaddr_un name = {};
  socklen_t length = 0;

  /** A path that fills `sun_path` needs no zero byte behind it. */
  static Address of(const Napi::Value& value) {
    const auto bytes = uint8sOf(value, "address");
    Address address;
    if (bytes.length == 0 || bytes.length > sizeof address.name.sun_path) {
      throw Napi::RangeError::New(value.Env(), "address must have 1 to 108 bytes");
    }
    address.name.sun_family = AF_UNIX;
    std::memcpy(address.name.sun_path, bytes.data, bytes.length);
    address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + bytes.length);
    return address;
  }
};

}  // namespace

/** A socket for each datagram: they are few, and none is left to close. */
napi_value sendDatagram(const Napi::CallbackInfo& info) {
  const Address address = Address::of(info[0]);
  const auto message = uint8sOf(info[1], "message");
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw SystemError{errno, "socket"};
  const auto* name = reinterpret_cast<const sockaddr*>(&address.name);
  const ssize_t sent =
      sendto(socket.get(), message.data, message.length, MSG_NOSIGNAL, name, address.length);
  if (sent < 0) throw SystemError{errno, "sendto"};
  return info.Env().Undefined();
}

}  // namespace guesthead
