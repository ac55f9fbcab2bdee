#pragma once

#include <napi.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "core/arguments.h"

namespace guesthead {

/** Where a Unix socket is: a path, or a zero byte and an abstract name. */
struct UnixAddress {
  sockaddr_un name = {};
  socklen_t length = 0;

  /** A path that fills `sun_path` needs no zero byte behind it. */
  static UnixAddress of(const Napi::Value& value) {
    const auto bytes = uint8sOf(value, "address");
    UnixAddress address;
    if (bytes.length == 0 || bytes.length > sizeof address.name.sun_path) {
      throw Napi::RangeError::New(value.Env(), "address must have 1 to 108 bytes");
    }
    address.name.sun_family = AF_UNIX;
    std::memcpy(address.name.sun_path, bytes.data, bytes.length);
    address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + bytes.length);
    return address;
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

}  // namespace guesthead
