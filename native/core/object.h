#pragma once

#include <napi.h>

#include <initializer_list>
#include <memory>
#include <vector>

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
 *
 * `own`: methods that the object has itself, too, in place of its class's, for what each frame
 * calls. They know their native half and do not ask `this` for it: V8 has to look for that, which
 * takes longer than what most of them do.
 */
template <class T>
napi_value wrap(Environment& environment, const std::shared_ptr<T>& native,
                std::initializer_list<napi_property_descriptor> own = {}) {
  const napi_env env = environment.env();
  const napi_value object = environment.instantiate(T::kClass);
  std::unique_ptr<Held<T>> held(new Held<T>{native, Environment::of(env)});
  const napi_finalize abandon = [](napi_env, void* data, void*) {
    const std::unique_ptr<Held<T>> last(static_cast<Held<T>*>(data));
    last->environment->unwrapped(data);
    last->native->abandoned();
  };
  check(env, napi_wrap(env, object, held.get(), abandon, nullptr, nullptr));
  void* const data = held.release();
  environment.wrapped(data, T::kClass);
  std::vector<napi_property_descriptor> methods(own);
  for (napi_property_descriptor& method : methods) method.data = data;
  check(env, napi_define_properties(env, object, methods.size(), methods.data()));
  return object;
}

/**
 * What `wrap` left; throws ERR_CLOSED where nothing of the class is at that address: its object was
 * collected. (One of the same class may have come there since, which a method that was kept longer
 * than its object then means.)
 */
template <class T>
std::shared_ptr<T> heldBy(napi_env env, const void* held) {
  if (!Environment::of(env)->holds(held, T::kClass)) throwClosed(env, T::kName);
  return static_cast<const Held<T>*>(held)->native;
}

/** The native half of `object`, open or closed; a foreign object throws ERR_CLOSED. */
template <class T>
std::shared_ptr<T> unwrap(napi_env env, napi_value object) {
  void* held = nullptr;
  if (napi_unwrap(env, object, &held) != napi_ok) throwClosed(env, T::kName);
  return heldBy<T>(env, held);
}

/** A method of an open object. The share held here outlives a close() in the middle of it. */
template <class T, napi_value (T::*method)(const Napi::CallbackInfo&)>
napi_value call(napi_env env, napi_callback_info raw) {
  return guarded(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    const void* const own = info.Data();
    const std::shared_ptr<T> self = own ? heldBy<T>(env, own) : unwrap<T>(env, info.This());
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
