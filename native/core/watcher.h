#pragma once

#include <memory>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"

namespace guesthead {

/** Calls a function while a descriptor is readable. Open, it keeps itself and the loop alive. */
class Watcher final : public Closable, public std::enable_shared_from_this<Watcher> {
 public:
  static constexpr Class kClass = Class::watcher;
  static constexpr const char* kName = "watcher";
  static void define(Environment& environment);

  /** watchReadable(fd, onReadable) */
  static napi_value watch(const Napi::CallbackInfo& info);
  /** The same of a descriptor that it takes over. Throws SystemError. */
  static napi_value own(napi_env env, UniqueFd fd, napi_value function);

  explicit Watcher(std::shared_ptr<Environment> environment)
      : environment_(std::move(environment)) {}
  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

 private:
  void start(napi_value owner, UniqueFd fd, napi_value function);
  void onReady(int error);

  std::shared_ptr<Environment> environment_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  bool closed_ = false;
};

}  // namespace guesthead
