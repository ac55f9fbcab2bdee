#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"
#include "session/library.h"

namespace guesthead::session {

/** Throws LibraryMissing where there is no libseat, and does nothing else. */
napi_value loadSeat(const Napi::CallbackInfo& info);

/**
 * `NativeSession` in src/native/session.ts: this process at a seat, which a daemon gives it and
 * takes from it, and the devices that the daemon has opened for it.
 *
 * No JavaScript runs while libseat does: what it tells is kept, and told behind it. So a daemon
 * that does not wait for an answer (logind) may have taken a device before JavaScript hears of it.
 */
class Session final : public Closable, public std::enable_shared_from_this<Session> {
 public:
  static constexpr Class kClass = Class::session;
  static constexpr const char* kName = "session";
  static void define(Environment& environment);

  /** openSession(backend, onEvent) */
  static napi_value open(const Napi::CallbackInfo& info);

  Session(std::shared_ptr<Environment> environment, const Library& library);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

 private:
  enum class Kind { disabled, enabled, gone };

  struct Event {
    Kind kind;
    /** Of one that is gone: why, and what libseat says of it. */
    int error;
    std::string log;
  };

  /** Its descriptor stays open until the daemon has been told: logind's backend asks it which
   * device that is. */
  struct Device {
    int id;
    UniqueFd fd;
  };

  void take(const std::string& backend);
  void start(napi_value owner, const Napi::CallbackInfo& info);
  void onReadable();
  void readEvents();
  void lose(int error, const std::string& log);
  bool isHungUp() const;
  void deliver();

  napi_value name(const Napi::CallbackInfo& info);
  napi_value dispatch(const Napi::CallbackInfo& info);
  napi_value openDevice(const Napi::CallbackInfo& info);
  napi_value closeDevice(const Napi::CallbackInfo& info);
  napi_value acknowledge(const Napi::CallbackInfo& info);
  napi_value switchTo(const Napi::CallbackInfo& info);

  // Called by libseat.
  static void onEnable(libseat* seat, void* self);
  static void onDisable(libseat* seat, void* self);

  const std::shared_ptr<Environment> environment_;
  const Library& library_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  /** Null once the daemon is gone. */
  libseat* seat_ = nullptr;
  std::string name_;
  std::map<uint32_t, Device> devices_;
  uint32_t nextDevice_ = 1;
  std::vector<Event> events_;
  bool delivering_ = false;
  bool closed_ = false;
};

}  // namespace guesthead::session
