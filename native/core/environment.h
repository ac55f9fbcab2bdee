#pragma once

#include <napi.h>
#include <uv.h>

#include <array>
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

namespace guesthead {

/** What must stop before its environment ends. */
class Closable {
 public:
  virtual void close() = 0;
  /** In place of close() where the environment ends first, and no JavaScript runs any more. */
  virtual void endWithEnvironment() { close(); }

 protected:
  ~Closable() = default;
};

/** The classes whose objects this addon hands out; each numbers its constructor. */
enum class Class {
  device,
  scanout,
  mapping,
  watcher,
  gl,
  busPeer,
  wayland,
  input,
  keymap,
  syncDevice,
  timeline,
  port,
  session,
  count
};

/**
 * The addon's state in one environment (the main thread, or a worker).
 *
 * Whoever owns a libuv handle owns a share of this, so that it outlives the
 * handle's close callback. When the environment ends, the hook ends every
 * Closable; Node runs the loop on until each handle's close callback has come.
 */
class Environment {
 public:
  /** Makes the state of `env` and leaves it with the environment. */
  static void create(napi_env env);
  static const std::shared_ptr<Environment>& of(napi_env env);

  napi_env env() const { return env_; }
  uv_loop_t* loop() const { return loop_; }

  /** Not owned: who adds itself removes itself when it closes. */
  void add(Closable* closable) { closables_.push_back(closable); }
  void remove(Closable* closable);

  void handleOpened() { ++handles_; }
  void handleClosed();

  void defineClass(Class which, const char* name, size_t count,
                   const napi_property_descriptor* methods);
  /** A new, unwrapped object of the class. */
  napi_value instantiate(Class which);

  /** What objects of ours have behind them, by address: another addon's object says nothing of its
   * own. (A type tag would say so, too, and is a BigInt that each call would look up.) */
  void wrapped(const void* held, Class which) { held_.emplace(held, which); }
  void unwrapped(const void* held) { held_.erase(held); }
  bool holds(const void* held, Class which) const {
    const auto found = held_.find(held);
    return found != held_.end() && found->second == which;
  }

 private:
  Environment(napi_env env, uv_loop_t* loop) : env_(env), loop_(loop) {}
  static void onCleanup(napi_async_cleanup_hook_handle hook, void* self);
  static napi_value construct(napi_env env, napi_callback_info info);
  void finishCleanup();

  napi_env env_;
  uv_loop_t* loop_;
  std::vector<Closable*> closables_;
  std::unordered_map<const void*, Class> held_;
  size_t handles_ = 0;
  std::array<napi_ref, static_cast<size_t>(Class::count)> constructors_{};
  bool constructing_ = false;
  bool closing_ = false;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace guesthead
