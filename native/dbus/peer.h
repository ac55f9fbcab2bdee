#pragma once

#include <map>
#include <memory>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"
#include "dbus/message.h"

namespace guesthead::dbus {

/**
 * One end of a D-Bus connection between two processes, without a bus in between. Nothing here
 * waits: the loop says when the socket has or takes bytes. Open, it keeps itself and the loop
 * alive.
 */
class Peer final : public Closable, public std::enable_shared_from_this<Peer> {
 public:
  static constexpr Class kClass = Class::busPeer;
  static constexpr const char* kName = "D-Bus connection";
  static void define(Environment& environment);

  /** openBusPeer(fd, isServer, handlers) */
  static napi_value open(const Napi::CallbackInfo& info);

  explicit Peer(std::shared_ptr<Environment> environment) : environment_(std::move(environment)) {}
  ~Peer();
  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

  napi_value call(const Napi::CallbackInfo& info);
  napi_value reply(const Napi::CallbackInfo& info);
  napi_value fail(const Napi::CallbackInfo& info);

 private:
  void connect(int fd, bool isServer);
  using Functions = std::array<napi_value, 3>;
  void start(napi_value owner, napi_value handlers, const Functions& functions);
  void onReady(int error);
  void onMessages();
  void deliver(Message message);
  void deliverCall(Message message);
  void deliverReply(Message message);
  uint32_t keepForReply(Message message);
  Message takeCall(const Napi::Value& token);
  void append(const Message& message, const std::string& signature, const Napi::Value& values);
  void send(const Message& message, uint64_t* cookie);
  /** Polls for what sd-bus waits for now. */
  void watch();
  void end(int error);

  std::shared_ptr<Environment> environment_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  sd_bus* bus_ = nullptr;
  int events_ = 0;
  /** Calls that the other end waits for an answer to, by the number that JavaScript has of them. */
  std::map<uint32_t, Message> unanswered_;
  uint32_t lastToken_ = 0;
  bool closed_ = false;
};

}  // namespace guesthead::dbus
