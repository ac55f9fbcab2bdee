#include "process/port.h"

#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <utility>

#include "core/arguments.h"
#include "core/restarted.h"

namespace guesthead {

void Port::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("watch", call<Port, &Port::watch>), method("unwatch", call<Port, &Port::unwatch>),
      method("read", call<Port, &Port::read>),   method("write", call<Port, &Port::write>),
      method("close", callClose<Port>),
  };
  environment.defineClass(kClass, "Port", std::size(methods), methods);
}

napi_value Port::open(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const int least = fdOf(info[1], "least");
  uint8sOf(info[2], "room");
  const Napi::Function onRead = functionOf(info[3], "onRead");
  const auto& environment = Environment::of(info.Env());
  const auto port = std::make_shared<Port>(environment);
  const napi_value owner = wrap(*environment, port);
  port->start(owner, UniqueFd::duplicate(fd, least), info[2], onRead);
  return owner;
}

void Port::start(napi_value owner, UniqueFd fd, napi_value room, napi_value onRead) {
  const napi_env env = environment_->env();
  poller_ = std::make_unique<Poller>(environment_, std::move(fd),
                                     [this](int error) { onReadable(error); });
  callbacks_.bind(env, owner, "guesthead:port", nullptr, {onRead});
  check(env, napi_create_reference(env, room, 1, &room_));
  environment_->add(this);
}

napi_value Port::watch(const Napi::CallbackInfo&) {
  const int result = poller_->start(UV_READABLE | UV_DISCONNECT);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  callbacks_.hold(true);
  return nullptr;
}

napi_value Port::unwatch(const Napi::CallbackInfo&) {
  poller_->stop();
  callbacks_.hold(false);
  return nullptr;
}

napi_value Port::read(const Napi::CallbackInfo& info) {
  const ssize_t count = fill();
  if (count < 0 && count != -EAGAIN) throw SystemError{static_cast<int>(-count), "read"};
  return numberValue(info.Env(), count < 0 ? -1 : static_cast<double>(count));
}

napi_value Port::write(const Napi::CallbackInfo& info) {
  const auto bytes = uint8sOf(info[0], "bytes");
  const auto length =
      static_cast<size_t>(integerOf(info[1], "length", 0, static_cast<double>(bytes.length)));
  const int fd = poller_->fd();
  const ssize_t count = restarted([&] { return ::write(fd, bytes.data, length); });
  if (count < 0 && errno != EAGAIN) throw SystemError{errno, "write"};
  return numberValue(info.Env(), count < 0 ? 0 : static_cast<double>(count));
}

/** What there is more of makes the descriptor readable again: the loop comes back to it after all
 * others. */
void Port::onReadable(int error) {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  const ssize_t count = error != 0 ? -error : fill();
  if (count == -EAGAIN) return;
  callbacks_.call(0, {numberValue(callbacks_.env(), static_cast<double>(count))});
  if (error != 0 && !closed_) callbacks_.hold(false);  // Stopped by libuv; nothing follows.
}

/** Bytes, 0 at the end, or a negative errno. The room is looked for each time: JavaScript may have
 * given its memory away. */
ssize_t Port::fill() const {
  napi_value room = nullptr;
  uint8_t* data = nullptr;
  size_t length = 0;
  const napi_env env = environment_->env();
  if (napi_get_reference_value(env, room_, &room) != napi_ok ||
      napi_get_typedarray_info(env, room, nullptr, &length, reinterpret_cast<void**>(&data),
                               nullptr, nullptr) != napi_ok ||
      data == nullptr || length == 0) {
    return -EFAULT;
  }
  const int fd = poller_->fd();
  const ssize_t count = restarted([&] { return ::read(fd, data, length); });
  return count < 0 ? -errno : count;
}

void Port::close() {
  if (std::exchange(closed_, true)) return;
  environment_->remove(this);
  poller_.reset();
  callbacks_.release();
  if (room_ != nullptr) napi_delete_reference(environment_->env(), std::exchange(room_, nullptr));
}

}  // namespace guesthead
