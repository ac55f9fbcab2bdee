#include "session/session.h"

#include <poll.h>

#include <cstdlib>
#include <mutex>
#include <optional>

#include "core/arguments.h"
#include "session/log.h"

namespace guesthead::session {
namespace {

constexpr const char* kBackendVariable = "LIBSEAT_BACKEND";
constexpr double kMostSessions = 63;

/**
 * Names libseat's backend for one call. There is no other way to; and left to itself, libseat goes
 * on to one that forks a daemon out of this process, threads and all. A session is opened before
 * any driver is loaded on a thread, which might read the environment meanwhile.
 */
class BackendChoice {
 public:
  explicit BackendChoice(const std::string& backend) : lock_(mutex()) {
    if (backend.empty()) return;
    const char* const before = std::getenv(kBackendVariable);
    if (before != nullptr) before_ = before;
    setenv(kBackendVariable, backend.c_str(), 1);
    changed_ = true;
  }
  BackendChoice(const BackendChoice&) = delete;
  BackendChoice& operator=(const BackendChoice&) = delete;
  ~BackendChoice() {
    if (!changed_) return;
    before_ ? setenv(kBackendVariable, before_->c_str(), 1) : unsetenv(kBackendVariable);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }

  const std::lock_guard<std::mutex> lock_;
  std::optional<std::string> before_;
  bool changed_ = false;
};

/** With what libseat has said meanwhile. */
[[noreturn]] void throwRefused(napi_env env, const SystemError& refusal, const Log& log) {
  const Napi::Error error(env, toJavaScript(env, refusal));
  error.Value().Set("log", log.text());
  throw error;
}

}  // namespace

napi_value loadSeat(const Napi::CallbackInfo& info) {
  Library::load();
  return info.Env().Undefined();
}

void Session::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("name", call<Session, &Session::name>),
      method("dispatch", call<Session, &Session::dispatch>),
      method("openDevice", call<Session, &Session::openDevice>),
      method("closeDevice", call<Session, &Session::closeDevice>),
      method("acknowledge", call<Session, &Session::acknowledge>),
      method("switchTo", call<Session, &Session::switchTo>),
      method("close", callClose<Session>),
  };
  environment.defineClass(kClass, "Session", std::size(methods), methods);
}

napi_value Session::open(const Napi::CallbackInfo& info) {
  const std::string backend = stringOf(info[0], "backend");
  functionOf(info[1], "onEvent");
  const Library& library = Library::load();
  const auto& environment = Environment::of(info.Env());
  const auto session = std::make_shared<Session>(environment, library);
  session->take(backend);
  const napi_value owner = wrap(*environment, session);
  session->start(owner, info);
  return owner;
}

Session::Session(std::shared_ptr<Environment> environment, const Library& library)
    : environment_(std::move(environment)), library_(library) {}

/** Only where it never started: whoever is wrapped is closed first. */
Session::~Session() {
  if (seat_ != nullptr) library_.close_seat(seat_);
}

void Session::take(const std::string& backend) {
  static constexpr libseat_seat_listener listener = {onEnable, onDisable};
  const Log log(library_);
  const BackendChoice choice(backend);
  errno = 0;
  seat_ = library_.open_seat(&listener, this);
  if (seat_ == nullptr) {
    throwRefused(environment_->env(), {errno == 0 ? EIO : errno, "libseat_open_seat"}, log);
  }
  const char* const name = library_.seat_name(seat_);
  name_ = name == nullptr ? "" : name;
}

void Session::start(napi_value owner, const Napi::CallbackInfo& info) {
  const int fd = library_.get_fd(seat_);
  if (fd < 0) throw SystemError{errno, "libseat_get_fd"};
  callbacks_.bind(info.Env(), owner, "guesthead:session", nullptr, {info[1]});
  poller_ = std::make_unique<Poller>(environment_, UniqueFd::duplicate(fd),
                                     [this](int) { onReadable(); });
  const int result = poller_->start(UV_READABLE | UV_DISCONNECT);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  environment_->add(this);
  callbacks_.hold(true);
}

/** The daemon closes its own copies of the devices with the seat. */
void Session::close() {
  if (closed_) return;
  closed_ = true;
  environment_->remove(this);
  poller_.reset();
  const Log log(library_);
  if (seat_ != nullptr) library_.close_seat(std::exchange(seat_, nullptr));
  devices_.clear();
  callbacks_.release();
}

void Session::onReadable() {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  readEvents();
  deliver();
}

/** Of a daemon that is gone libseat says 0, no messages, where it was not to wait for any. */
void Session::readEvents() {
  if (seat_ == nullptr) return;
  const Log log(library_);
  errno = 0;
  const int messages = library_.dispatch(seat_, 0);
  if (messages < 0) lose(errno == 0 ? EIO : errno, log.text());
  if (messages == 0 && isHungUp()) lose(EPIPE, log.text());
}

/** What it has opened stays, without it. */
void Session::lose(int error, const std::string& log) {
  poller_.reset();
  library_.close_seat(std::exchange(seat_, nullptr));
  events_.push_back({Kind::gone, error, log});
}

bool Session::isHungUp() const {
  pollfd look = {poller_->fd(), POLLRDHUP, 0};
  return poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/** What comes within a call is told behind it, by the loop that runs already. */
void Session::deliver() {
  if (std::exchange(delivering_, true)) return;
  const napi_env env = callbacks_.env();
  while (!closed_ && !events_.empty()) {
    const Event event = events_.front();
    events_.erase(events_.begin());
    const Napi::HandleScope handles(env);
    callbacks_.call(0, {numberValue(env, static_cast<double>(event.kind)),
                        numberValue(env, event.error), textValue(env, event.log)});
  }
  delivering_ = false;
}

/** As the daemon calls the seat: seat0. */
napi_value Session::name(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), name_);
}

/** What has come is told before this returns. */
napi_value Session::dispatch(const Napi::CallbackInfo&) {
  readEvents();
  deliver();
  return nullptr;
}

/** (path) → [number, fd], of which the descriptor stays the session's. */
napi_value Session::openDevice(const Napi::CallbackInfo& info) {
  const std::string path = stringOf(info[0], "path");
  if (seat_ == nullptr) throw SystemError{ENOTCONN, "libseat_open_device"};
  const Log log(library_);
  int fd = -1;
  errno = 0;
  const int id = library_.open_device(seat_, path.c_str(), &fd);
  if (id < 0) throwRefused(info.Env(), {errno == 0 ? EIO : errno, "libseat_open_device"}, log);
  const uint32_t number = nextDevice_++;
  devices_.emplace(number, Device{id, UniqueFd(fd)});
  const Napi::Array opened = Napi::Array::New(info.Env(), 2);
  opened.Set(0u, number);
  opened.Set(1u, fd);
  return opened;
}

/** What the daemon says of it nobody could do anything about. */
napi_value Session::closeDevice(const Napi::CallbackInfo& info) {
  const auto found = devices_.find(uint32Of(info[0], "device"));
  if (found == devices_.end()) {
    throw Napi::RangeError::New(info.Env(), "there is no such device");
  }
  const Log log(library_);
  if (seat_ != nullptr) library_.close_device(seat_, found->second.id);
  devices_.erase(found);
  return nullptr;
}

/** The devices are in use no longer. */
napi_value Session::acknowledge(const Napi::CallbackInfo& info) {
  if (seat_ == nullptr) throw SystemError{ENOTCONN, "libseat_disable_seat"};
  const Log log(library_);
  errno = 0;
  if (library_.disable_seat(seat_) < 0) {
    throwRefused(info.Env(), {errno == 0 ? EIO : errno, "libseat_disable_seat"}, log);
  }
  return nullptr;
}

/** (number of the other session, or of its virtual terminal) */
napi_value Session::switchTo(const Napi::CallbackInfo& info) {
  const int other = static_cast<int>(integerOf(info[0], "session", 1, kMostSessions));
  if (seat_ == nullptr) throw SystemError{ENOTCONN, "libseat_switch_session"};
  const Log log(library_);
  errno = 0;
  if (library_.switch_session(seat_, other) < 0) {
    throwRefused(info.Env(), {errno == 0 ? EIO : errno, "libseat_switch_session"}, log);
  }
  return nullptr;
}

void Session::onEnable(libseat*, void* self) {
  static_cast<Session*>(self)->events_.push_back({Kind::enabled, 0, ""});
}

void Session::onDisable(libseat*, void* self) {
  static_cast<Session*>(self)->events_.push_back({Kind::disabled, 0, ""});
}

}  // namespace guesthead::session
