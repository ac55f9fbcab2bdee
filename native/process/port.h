#pragma once

#include <sys/types.h>

#include <memory>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"

namespace guesthead {

/**
 * A character device that is a stream of bytes, as a virtio-serial port is. What comes is read into
 * the caller's room before JavaScript hears of it: one call a wake-up. While it is watched it keeps
 * itself and the loop alive.
 */
class Port final : public Closable, public std::enable_shared_from_this<Port> {
 public:
  static constexpr Class kClass = Class::port;
  static constexpr const char* kName = "port";
  static void define(Environment& environment);

  /** openPort(fd, least, room, onRead) */
  static napi_value open(const Napi::CallbackInfo& info);

  explicit Port(std::shared_ptr<Environment> environment) : environment_(std::move(environment)) {}
  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

 private:
  void start(napi_value owner, UniqueFd fd, napi_value room, napi_value onRead);
  napi_value watch(const Napi::CallbackInfo& info);
  napi_value unwatch(const Napi::CallbackInfo& info);
  napi_value read(const Napi::CallbackInfo& info);
  napi_value write(const Napi::CallbackInfo& info);
  void onReadable(int error);
  ssize_t fill() const;

  const std::shared_ptr<Environment> environment_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  /** Strong: a Uint8Array leads to nothing, and so to no cycle. */
  napi_ref room_ = nullptr;
  bool closed_ = false;
};

}  // namespace guesthead
