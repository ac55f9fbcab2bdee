#include "drm/uevents.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include "core/arguments.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

/** What the kernel sends itself; group 2 is what udevd sends on. */
constexpr uint32_t kKernelGroup = 1;
/** Bytes. A burst (a driver that is bound) may come before JavaScript reads. */
constexpr int kReceiveBuffer = 256 * 1024;

}  // namespace

/** The buffer is the most the kernel grants (net.core.rmem_max) up to the size asked for. */
napi_value openUevents(const Napi::CallbackInfo& info) {
  UniqueFd uevents(
      socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!uevents) throw SystemError{errno, "socket"};
  if (setsockopt(uevents.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer) <
      0) {
    throw SystemError{errno, "setsockopt"};
  }
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(uevents.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    throw SystemError{errno, "bind"};
  }
  return givenAway(info.Env(), std::move(uevents));
}

}  // namespace guesthead
