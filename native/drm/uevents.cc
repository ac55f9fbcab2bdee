#include "drm/uevents.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstring>

#include "core/arguments.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

/** What the kernel sends itself; group 2 is what udevd sends on. */
constexpr uint32_t kKernelGroup = 1;
/** Bytes. A burst (a driver that is bound) may come before JavaScript reads. */
constexpr int kReceiveBuffer = 256 * 1024;
/** Bytes. The kernel's limit is 2048 for the variables, and a path comes before them. */
constexpr size_t kLargestUevent = 8192;

void setOption(const UniqueFd& uevents, int option, int value) {
  if (setsockopt(uevents.get(), SOL_SOCKET, option, &value, sizeof value) < 0) {
    throw SystemError{errno, "setsockopt"};
  }
}

/** One message, and what the kernel says of its sender. */
class Message {
 public:
  /** Returns false where there is nothing to read. Throws SystemError. */
  bool receive(int fd) {
    iovec place = {text_, sizeof text_};
    header_.msg_name = &sender_;
    header_.msg_namelen = sizeof sender_;
    header_.msg_iov = &place;
    header_.msg_iovlen = 1;
    header_.msg_control = control_;
    header_.msg_controllen = sizeof control_;
    do {
      length_ = recvmsg(fd, &header_, MSG_DONTWAIT);
    } while (length_ < 0 && errno == EINTR);
    if (length_ < 0 && errno != EAGAIN) throw SystemError{errno, "recvmsg"};
    return length_ >= 0;
  }

  /**
   * A process has a port of its own, which is never 0. What a process made the kernel send on
   * comes from port 0, but still carries that process's id.
   */
  bool isFromKernel() const {
    if (header_.msg_namelen != sizeof sender_ || sender_.nl_pid != 0) return false;
    const cmsghdr* part = CMSG_FIRSTHDR(&header_);
    if (part == nullptr || part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS ||
        part->cmsg_len != CMSG_LEN(sizeof(ucred))) {
      return false;
    }
    ucred credentials;
    std::memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
    return credentials.uid == 0 && credentials.pid == 0;
  }

  Napi::String text(napi_env env) const {
    return Napi::String::New(env, text_, static_cast<size_t>(length_));
  }

 private:
  sockaddr_nl sender_ = {};
  msghdr header_ = {};
  ssize_t length_ = 0;
  char text_[kLargestUevent];
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(ucred))] = {};
};

}  // namespace

/** The buffer is the most the kernel grants (net.core.rmem_max) up to the size asked for. */
napi_value openUevents(const Napi::CallbackInfo& info) {
  UniqueFd uevents(
      socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!uevents) throw SystemError{errno, "socket"};
  setOption(uevents, SO_RCVBUF, kReceiveBuffer);
  setOption(uevents, SO_PASSCRED, 1);
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(uevents.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    throw SystemError{errno, "bind"};
  }
  return givenAway(info.Env(), std::move(uevents));
}

napi_value readUevent(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Message message;
  if (!message.receive(fdOf(info[0], "fd"))) return env.Undefined();
  return message.isFromKernel() ? message.text(env) : Napi::String::New(env, "");
}

}  // namespace guesthead
