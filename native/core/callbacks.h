#pragma once

#include <napi.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace guesthead {

/**
 * The JavaScript functions that a native object calls, and its own JavaScript
 * object (the owner).
 *
 * The owner holds the functions in a hidden property and we hold all of them weakly:
 * a function whose closure leads back to the owner is thus a cycle that the
 * collector sees. While work is under way, `hold(true)` makes the owner strong.
 */
class Callbacks {
 public:
  Callbacks() = default;
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;
  ~Callbacks() { release(); }

  /** Of one owner. */
  static constexpr size_t kMost = 3;

  /** At most kMost `functions`, later called by their index, with `receiver` as `this`; null =
   * none. */
  void bind(napi_env env, napi_value owner, const char* resource, napi_value receiver,
            std::initializer_list<napi_value> functions);
  void hold(bool strong);
  /** Nothing is called from now on. */
  void release();

  /** Only within a CallbackScope. What the function throws is an uncaughtException. False: it was
   * not called, for it is gone, or the environment ends. */
  bool call(uint32_t index, std::initializer_list<napi_value> arguments) const {
    return call(index, arguments.begin(), arguments.size());
  }
  bool call(uint32_t index, const napi_value* arguments, size_t count) const;
  /** The same, but what the function throws is left pending. False: it threw, or was not called. */
  bool invoke(uint32_t index, const napi_value* arguments, size_t count) const;
  napi_env env() const { return env_; }
  napi_async_context context() const { return context_; }

 private:
  napi_value valueOf(napi_ref reference) const;

  napi_env env_ = nullptr;
  napi_ref owner_ = nullptr;
  napi_ref receiver_ = nullptr;
  std::array<napi_ref, kMost> functions_{};
  napi_async_context context_ = nullptr;
  bool held_ = false;
};

/**
 * Surrounds the calls that one event of the loop leads to. When it ends,
 * process.nextTick and promise jobs run, as after any callback of Node.
 */
class CallbackScope {
 public:
  CallbackScope(napi_env env, napi_async_context context);
  explicit CallbackScope(const Callbacks& callbacks)
      : CallbackScope(callbacks.env(), callbacks.context()) {}
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope();

 private:
  napi_env env_;
  napi_handle_scope handles_ = nullptr;
  napi_callback_scope callbacks_ = nullptr;
};

/** Calls a function; what it throws becomes an uncaughtException and the caller goes on. False: the
 * environment ends, and runs no JavaScript any more. */
bool callReporting(napi_env env, napi_value receiver, napi_value function,
                   std::initializer_list<napi_value> arguments);

/** Makes an exception that is pending an uncaughtException. Whether there was one. */
bool reportPending(napi_env env);

/** These throw nothing, for they are made in callbacks of the loop. */
napi_value numberValue(napi_env env, double number);
napi_value booleanValue(napi_env env, bool boolean);
/** V8 replaces what is no UTF-8. */
napi_value textValue(napi_env env, std::string_view text);

}  // namespace guesthead
