#include "dbus/peer.h"

#include <poll.h>
#include <sys/random.h>

#include "core/arguments.h"

namespace guesthead::dbus {
namespace {

/** SD_BUS_MESSAGE_… of sd-bus-protocol.h. */
constexpr uint8_t kMethodCall = 1;
constexpr uint8_t kMethodReturn = 2;
constexpr uint8_t kMethodError = 3;
constexpr uint8_t kSignal = 4;

/** Then other handles of the loop have their turn. */
constexpr int kMostInATurn = 64;
/** A peer that goes on calling gets refusals from here on. */
constexpr size_t kMostUnanswered = 1024;

enum Handler { onCall, onReply, onEnd };

napi_value textOrEmpty(napi_env env, const char* text) {
  return textValue(env, text == nullptr ? "" : text);
}

}  // namespace

void Peer::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("call", guesthead::call<Peer, &Peer::call>),
      method("reply", guesthead::call<Peer, &Peer::reply>),
      method("fail", guesthead::call<Peer, &Peer::fail>),
      method("close", callClose<Peer>),
  };
  environment.defineClass(kClass, "BusPeer", std::size(methods), methods);
}

napi_value Peer::open(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const bool isServer = booleanOf(info[1], "isServer");
  const Napi::Object handlers = objectOf(info[2], "handlers");
  const Functions functions = {functionOf(handlers.Get("call"), "handlers.call"),
                               functionOf(handlers.Get("reply"), "handlers.reply"),
                               functionOf(handlers.Get("end"), "handlers.end")};
  const auto& environment = Environment::of(info.Env());
  const auto peer = std::make_shared<Peer>(environment);
  peer->connect(fd, isServer);
  const napi_value owner = wrap(*environment, peer);
  peer->start(owner, handlers, functions);
  return owner;
}

void Peer::connect(int fd, bool isServer) {
  const Library& bus = Library::load();
  succeeded(bus.create(&bus_), "sd_bus_new");
  UniqueFd socket = UniqueFd::duplicate(fd);
  succeeded(bus.set_fd(bus_, socket.get(), socket.get()), "sd_bus_set_fd");
  socket.release();
  if (isServer) {
    BusId id;
    if (getrandom(id.bytes, sizeof id, 0) < 0) throw SystemError{errno, "getrandom"};
    succeeded(bus.set_server(bus_, 1, id), "sd_bus_set_server");
  }
  succeeded(bus.start(bus_), "sd_bus_start");
}

void Peer::start(napi_value owner, napi_value handlers, const Functions& functions) {
  const napi_env env = environment_->env();
  const int fd = succeeded(Library::load().get_fd(bus_), "sd_bus_get_fd");
  poller_ = std::make_unique<Poller>(environment_, UniqueFd::duplicate(fd),
                                     [this](int error) { onReady(error); });
  callbacks_.bind(env, owner, "guesthead:dbus", handlers,
                  {functions[onCall], functions[onReply], functions[onEnd]});
  watch();
  environment_->add(this);
  callbacks_.hold(true);
}

Peer::~Peer() {
  unanswered_.clear();
  if (bus_ != nullptr) Library::load().unref(bus_);
}

void Peer::onReady(int error) {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  if (error != 0) return end(error);
  try {
    onMessages();
  } catch (const SystemError& failure) {
    end(failure.error);
  }
}

/** Until none is there: sd-bus has no bytes left over then that the poll would not tell of. */
void Peer::onMessages() {
  const Library& bus = Library::load();
  for (int i = 0; i < kMostInATurn && !closed_; ++i) {
    sd_bus_message* message = nullptr;
    const int more = succeeded(bus.process(bus_, &message), "sd_bus_process");
    if (message != nullptr) deliver(Message(message));
    if (more == 0) break;
  }
  if (closed_) return;
  if (bus.is_open(bus_) <= 0) return end(0);
  watch();
}

void Peer::deliver(Message message) {
  uint8_t type = 0;
  Library::load().message_get_type(message.get(), &type);
  if (type == kMethodCall || type == kSignal) deliverCall(std::move(message));
  if (type == kMethodReturn || type == kMethodError) deliverReply(std::move(message));
}

void Peer::deliverCall(Message message) {
  const Library& bus = Library::load();
  const napi_env env = environment_->env();
  sd_bus_message* const raw = message.get();
  const Arguments arguments = readArguments(env, raw);
  const napi_value path = textOrEmpty(env, bus.message_get_path(raw));
  const napi_value interface = textOrEmpty(env, bus.message_get_interface(raw));
  const napi_value member = textOrEmpty(env, bus.message_get_member(raw));
  const napi_value signature = textOrEmpty(env, bus.message_get_signature(raw, 1));
  const uint32_t token = keepForReply(std::move(message));
  callbacks_.call(onCall, {numberValue(env, token), path, interface, member, signature,
                           arguments.values, arguments.fds});
}

/** 0 = no answer is wanted. Throws SystemError EBUSY where too many wait. */
uint32_t Peer::keepForReply(Message message) {
  if (Library::load().message_get_expect_reply(message.get()) <= 0) return 0;
  if (unanswered_.size() >= kMostUnanswered) throw SystemError{EBUSY, "unanswered calls"};
  do {
    ++lastToken_;
  } while (lastToken_ == 0 || unanswered_.count(lastToken_) != 0);
  unanswered_.emplace(lastToken_, std::move(message));
  return lastToken_;
}

void Peer::deliverReply(Message message) {
  const Library& bus = Library::load();
  const napi_env env = environment_->env();
  uint64_t cookie = 0;
  bus.message_get_reply_cookie(message.get(), &cookie);
  const BusError* const error = bus.message_get_error(message.get());
  const Arguments arguments = readArguments(env, message.get());
  const napi_value name = textOrEmpty(env, error == nullptr ? "" : error->name);
  callbacks_.call(onReply, {numberValue(env, static_cast<double>(cookie)), name, arguments.values,
                            arguments.fds});
}

/** call(path, interface, member, signature, values) */
napi_value Peer::call(const Napi::CallbackInfo& info) {
  const std::string path = stringOf(info[0], "path");
  const std::string interface = stringOf(info[1], "interface");
  const std::string member = stringOf(info[2], "member");
  sd_bus_message* created = nullptr;
  succeeded(Library::load().message_new_method_call(bus_, &created, nullptr, path.c_str(),
                                                    interface.c_str(), member.c_str()),
            "sd_bus_message_new_method_call");
  const Message message(created);
  append(message, stringOf(info[3], "signature"), info[4]);
  uint64_t cookie = 0;
  send(message, &cookie);
  return Napi::Number::New(info.Env(), static_cast<double>(cookie));
}

/** reply(token, signature, values) */
napi_value Peer::reply(const Napi::CallbackInfo& info) {
  const Message question = takeCall(info[0]);
  if (!question) return nullptr;
  sd_bus_message* created = nullptr;
  succeeded(Library::load().message_new_method_return(question.get(), &created),
            "sd_bus_message_new_method_return");
  const Message message(created);
  append(message, stringOf(info[1], "signature"), info[2]);
  send(message, nullptr);
  return nullptr;
}

/** fail(token, name, text) */
napi_value Peer::fail(const Napi::CallbackInfo& info) {
  const std::string name = stringOf(info[1], "name");
  const std::string text = stringOf(info[2], "message");
  const Message question = takeCall(info[0]);
  if (!question) return nullptr;
  const BusError error = {name.c_str(), text.c_str(), 0};
  sd_bus_message* created = nullptr;
  succeeded(Library::load().message_new_method_error(question.get(), &created, &error),
            "sd_bus_message_new_method_error");
  send(Message(created), nullptr);
  return nullptr;
}

/** None where it was answered before, or wanted no answer. */
Message Peer::takeCall(const Napi::Value& token) {
  const auto found = unanswered_.find(uint32Of(token, "token"));
  if (found == unanswered_.end()) return {};
  Message message = std::move(found->second);
  unanswered_.erase(found);
  return message;
}

/** sd-bus would wait for the other end's authentication before it takes a descriptor. */
void Peer::append(const Message& message, const std::string& signature, const Napi::Value& values) {
  if (!values.IsArray()) throw Napi::TypeError::New(values.Env(), "values must be an array");
  const bool hasDescriptor = signature.find('h') != std::string::npos;
  if (hasDescriptor && Library::load().is_ready(bus_) <= 0) {
    throw SystemError{EAGAIN, "sd_bus_is_ready"};
  }
  appendArguments(message.get(), signature, values.As<Napi::Array>());
}

void Peer::send(const Message& message, uint64_t* cookie) {
  succeeded(Library::load().send(bus_, message.get(), cookie), "sd_bus_send");
  watch();
}

void Peer::watch() {
  const int wanted = succeeded(Library::load().get_events(bus_), "sd_bus_get_events");
  int events = UV_DISCONNECT;
  if ((wanted & POLLIN) != 0) events |= UV_READABLE;
  if ((wanted & POLLOUT) != 0) events |= UV_WRITABLE;
  if (std::exchange(events_, events) == events) return;
  poller_->stop();
  const int result = poller_->start(events);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
}

/** Told once, after which nothing follows. A reset is an end too: something of ours was unread. */
void Peer::end(int error) {
  if (closed_) return;
  if (error == ECONNRESET || error == EPIPE) error = 0;
  const napi_env env = environment_->env();
  poller_->stop();
  callbacks_.call(onEnd, {numberValue(env, error)});
  close();
}

/** The bus itself goes with this object: we may be in the middle of sd_bus_process. */
void Peer::close() {
  if (std::exchange(closed_, true)) return;
  environment_->remove(this);
  poller_.reset();
  callbacks_.release();
  unanswered_.clear();
  if (bus_ != nullptr) Library::load().close(bus_);
}

}  // namespace guesthead::dbus
