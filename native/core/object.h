#pragma once

#include <napi.h>

#include <memory>

#include "core/environment.h"
#include "core/errors.h"

namespace guesthead {

/** What a JavaScript object has behind it. */
template <class T>
struct Held {
  const std::shared_ptr<T> native;
  const std::shared_ptr<Environment> environment;
};

/**
 * A class T of which JavaScript holds objects has
 *   kClass  its Class,
 *   kName   what it is, for messages,
 *   closed() and abandoned(): the last is called when the JavaScript object has been collected.
 */
template <class T>
napi_value wrap(Environment& environment, const std::shared_ptr<T>& native) {
  const napi_env env = environment.env();
  const napi_value object = environment.instantiate(T::kClass);
  std::unique_ptr<Held<T>> held(new Held<T>{native, Environment::of(env)});
  const napi_finalize abandon = [](napi_env, void* data, void*) {
    const std::unique_ptr<Held<T>> last(static_cast<Held<T>*>(data));
    last->environment->unwrapped(data);
    last->native->abandoned();
  };
  check(env, napi_wrap(env, object, held.get(), abandon, nullptr, nullptr));
  environment.wrapped(held.release(), T::kClass);
  return object;
}

/** The native half of `object`, open or closed; a foreign object throws ERR_CLOSED. */
template <class T>
std::shared_ptr<T> unwrap(napi_env env, napi_value object) {
  void* held = nullptr;
  if (napi_unwrap(env, object, &held) != napi_ok || !Environment::of(env)->holds(held, T::kClass)) {
    throwClosed(env, T::kName);
  }
  return static_cast<Held<T>*>(held)->native;
}

/** A method of an open object. The share held here outlives a close() in the middle of it. */
template <class T, napi_value (T::*method)(const Napi::CallbackInfo&)>
napi_value call(napi_env env, napi_callback_info raw) {
  return guarded(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    const std::shared_ptr<T> self = unwrap<T>(env, info.This());
    if (self->closed()) throwClosed(env, T::kName);
    return (self.get()->*method)(info);
  });
}

/** `close()`, which a closed object accepts too. */
template <class T>
napi_value callClose(napi_env env, napi_callback_info raw) {
  return guarded(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    unwrap<T>(env, info.This())->close();
    return nullptr;
  });
}

inline napi_property_descriptor method(const char* name, napi_callback callback,
                                       napi_property_attributes attributes = napi_default_method) {
  return {name, nullptr, callback, nullptr, nullptr, nullptr, attributes, nullptr};
}

}  // namespace guesthead
