#include "process/socket.h"

#include <array>
#include <vector>

#include "core/arguments.h"
#include "core/restarted.h"
#include "core/unique_fd.h"
#include "process/unix_address.h"

namespace guesthead {
namespace {

/** SCM_MAX_FD: the kernel sends no more with one message. */
constexpr size_t kMostFds = 253;
/** Connections that nobody has accepted yet; the next one is told EAGAIN. */
constexpr int kBacklog = 128;

UniqueFd newSocket(int type = SOCK_SEQPACKET) {
  UniqueFd created(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!created) throw SystemError{errno, "socket"};
  return created;
}

/** On a Unix socket it is done at once, or refused. */
napi_value connectTo(const Napi::Value& to, UniqueFd socket) {
  const UnixAddress address = UnixAddress::of(to);
  if (connect(socket.get(), address.get(), address.length) < 0) {
    throw SystemError{errno, "connect"};
  }
  return givenAway(to.Env(), std::move(socket));
}

/** One message and the room for its descriptors, as sendmsg and recvmsg want them. */
class Envelope {
 public:
  Envelope(void* bytes, size_t length) : part_{bytes, length} {
    header_.msg_iov = &part_;
    header_.msg_iovlen = 1;
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  msghdr* header() { return &header_; }
  int flags() const { return header_.msg_flags; }

  void put(const Elements<uint32_t>& fds) {
    if (fds.length == 0) return;
    makeRoom(fds.length);
    cmsghdr* rights = CMSG_FIRSTHDR(&header_);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.length * sizeof(int));
    std::memcpy(CMSG_DATA(rights), fds.data, fds.length * sizeof(int));
  }

  /** CMSG_LEN and not CMSG_SPACE, whose padding would be room for one more. */
  void makeRoom(size_t fds) {
    if (fds == 0) return;
    header_.msg_control = control_.data();
    header_.msg_controllen = CMSG_LEN(fds * sizeof(int));
  }

  /** What came; each is closed unless it is released. */
  std::vector<UniqueFd> takeFds() {
    std::vector<UniqueFd> fds;
    fds.reserve(kMostFds);
    for (cmsghdr* part = CMSG_FIRSTHDR(&header_); part != nullptr;
         part = CMSG_NXTHDR(&header_, part)) {
      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
      const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (size_t i = 0; i < count; ++i) {
        int fd;
        std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
        fds.emplace_back(fd);
      }
    }
    return fds;
  }

 private:
  iovec part_;
  msghdr header_ = {};
  alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(kMostFds * sizeof(int))> control_ = {};
};

/** The kernel may have had no descriptor left to give us what we had room for. */
void throwIfTruncated(const Envelope& envelope, size_t received, size_t room) {
  if ((envelope.flags() & MSG_CTRUNC) != 0) {
    throw SystemError{received < room ? EMFILE : EMSGSIZE, "recvmsg"};
  }
  if ((envelope.flags() & MSG_TRUNC) != 0) throw SystemError{EMSGSIZE, "recvmsg"};
}

/** The descriptors are JavaScript's only once all of the message is made. */
napi_value messageOf(napi_env env, ssize_t length, std::vector<UniqueFd> fds) {
  const Napi::Array numbers = Napi::Array::New(env, fds.size());
  for (uint32_t i = 0; i < fds.size(); ++i) numbers.Set(i, Napi::Number::New(env, fds[i].get()));
  Napi::Object message = Napi::Object::New(env);
  message.Set("length", Napi::Number::New(env, static_cast<double>(length)));
  message.Set("fds", numbers);
  for (UniqueFd& fd : fds) fd.release();
  return message;
}

}  // namespace

napi_value listenSocket(const Napi::CallbackInfo& info) {
  const UnixAddress address = UnixAddress::of(info[0]);
  UniqueFd listener = newSocket();
  if (bind(listener.get(), address.get(), address.length) < 0) throw SystemError{errno, "bind"};
  if (listen(listener.get(), kBacklog) < 0) throw SystemError{errno, "listen"};
  return givenAway(info.Env(), std::move(listener));
}

napi_value acceptSocket(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  UniqueFd accepted(
      restarted([=] { return accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK); }));
  if (accepted) return givenAway(info.Env(), std::move(accepted));
  if (errno != EAGAIN) throw SystemError{errno, "accept4"};
  return info.Env().Undefined();
}

napi_value connectSocket(const Napi::CallbackInfo& info) {
  return connectTo(info[0], newSocket());
}

napi_value connectStream(const Napi::CallbackInfo& info) {
  return connectTo(info[0], newSocket(SOCK_STREAM));
}

napi_value socketPair(const Napi::CallbackInfo& info) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) {
    throw SystemError{errno, "socketpair"};
  }
  UniqueFd first(ends[0]);
  UniqueFd second(ends[1]);
  const Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(uint32_t{0}, Napi::Number::New(info.Env(), first.get()));
  pair.Set(uint32_t{1}, Napi::Number::New(info.Env(), second.get()));
  first.release();
  second.release();
  return pair;
}

/** An empty message would read as the end. */
napi_value sendMessage(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const auto bytes = uint8sOf(info[1], "bytes");
  const auto fds = uint32sOf(info[2], "fds");
  if (bytes.length == 0) throw Napi::RangeError::New(info.Env(), "bytes must not be empty");
  if (fds.length > kMostFds) throw Napi::RangeError::New(info.Env(), "fds must be at most 253");
  Envelope envelope(const_cast<uint8_t*>(bytes.data), bytes.length);
  envelope.put(fds);
  const auto sent = restarted([&] { return sendmsg(fd, envelope.header(), MSG_NOSIGNAL); });
  if (sent < 0) throw SystemError{errno, "sendmsg"};
  return info.Env().Undefined();
}

/**
 * A peer that went with our messages unread is told as ECONNRESET, once, before what it
 * had sent itself: the next call reads that, then the end.
 */
napi_value receiveMessage(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const int fd = fdOf(info[0], "fd");
  const auto into = uint8sOf(info[1], "into");
  const auto room = static_cast<size_t>(integerOf(info[2], "mostFds", 0, kMostFds));
  if (into.length == 0) throw Napi::RangeError::New(env, "into must not be empty");
  Envelope envelope(const_cast<uint8_t*>(into.data), into.length);
  envelope.makeRoom(room);
  const auto receive = [&] { return recvmsg(fd, envelope.header(), MSG_CMSG_CLOEXEC); };
  ssize_t length = restarted(receive);
  if (length < 0 && errno == ECONNRESET) length = restarted(receive);
  if (length < 0 && errno == EAGAIN) return env.Undefined();
  if (length < 0) throw SystemError{errno, "recvmsg"};
  std::vector<UniqueFd> fds = envelope.takeFds();
  throwIfTruncated(envelope, fds.size(), room);
  if (length == 0) fds.clear();
  return messageOf(env, length, std::move(fds));
}

}  // namespace guesthead
