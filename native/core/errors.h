#pragma once

#include <napi.h>

#include <cerrno>
#include <exception>
#include <utility>

#include "core/library.h"
#include "core/system_error.h"

namespace guesthead {

/** A JavaScript Error with `errno`, `code` and `syscall`. */
napi_value toJavaScript(napi_env env, const SystemError& error);

napi_value toJavaScript(napi_env env, const LibraryMissing& missing);

/** Throws an Error with code ERR_CLOSED: `what` is closed, or the method's `this` is no such
 * object. */
[[noreturn]] void throwClosed(napi_env env, const char* what);

/** The status of a Node-API call that only fails for want of memory or in a dying environment. */
inline void check(napi_env env, napi_status status) {
  if (status != napi_ok) throw Napi::Error::New(env);
}

/**
 * Runs `body` at the boundary to JavaScript: what it throws becomes a pending
 * JavaScript exception. In an environment that is being terminated nothing can
 * be thrown, and nothing is.
 */
template <class Body>
napi_value guarded(napi_env env, Body body) noexcept {
  try {
    return body();
  } catch (const SystemError& error) {
    napi_throw(env, toJavaScript(env, error));
  } catch (const LibraryMissing& missing) {
    napi_throw(env, toJavaScript(env, missing));
  } catch (const Napi::Error& error) {
    napi_throw(env, error.Value());
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return nullptr;
}

}  // namespace guesthead
