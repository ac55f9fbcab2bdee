#include "core/watcher.h"

#include "core/arguments.h"

namespace guesthead {

void Watcher::define(Environment& environment) {
  const napi_property_descriptor close = method("close", callClose<Watcher>);
  environment.defineClass(kClass, "Watcher", 1, &close);
}

napi_value Watcher::watch(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const Napi::Function function = functionOf(info[1], "onReadable");
  // Above the caller's: a process that is killed closes the highest descriptors first, and whoever
  // counts on that order for its own gets it.
  return own(info.Env(), UniqueFd::duplicate(fd, fd), function);
}

napi_value Watcher::own(napi_env env, UniqueFd fd, napi_value function) {
  const auto& environment = Environment::of(env);
  const auto watcher = std::make_shared<Watcher>(environment);
  const napi_value owner = wrap(*environment, watcher);
  watcher->start(owner, std::move(fd), function);
  return owner;
}

void Watcher::start(napi_value owner, UniqueFd fd, napi_value function) {
  const napi_env env = environment_->env();
  poller_ =
      std::make_unique<Poller>(environment_, std::move(fd), [this](int error) { onReady(error); });
  callbacks_.bind(env, owner, "guesthead:watcher", nullptr, {function});
  const int result = poller_->start(UV_READABLE | UV_DISCONNECT);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  environment_->add(this);
  callbacks_.hold(true);
}

void Watcher::onReady(int error) {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  callbacks_.call(0, {numberValue(callbacks_.env(), error)});
  if (error != 0 && !closed_) callbacks_.hold(false);  // Stopped by libuv; nothing follows.
}

void Watcher::close() {
  if (std::exchange(closed_, true)) return;
  environment_->remove(this);
  poller_.reset();
  callbacks_.release();
}

}  // namespace guesthead
