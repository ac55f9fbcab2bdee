#pragma once

#include <napi.h>

#include <memory>

#include "core/environment.h"
#include "core/errors.h"

namespace guesthead {

/** What tells a foreign `this`, whose pointer says nothing: this addon's number, and the class's.
 */
template <class T>
constexpr napi_type_tag kTag = {0x6775657374686561, 1 + static_cast<uint64_t>(T::kClass)};

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
  check(env, napi_type_tag_object(env, object, &kTag<T>));
  auto held = std::make_unique<std::shared_ptr<T>>(native);
  const napi_finalize abandon = [](napi_env, void* data, void*) {
    std::unique_ptr<std::shared_ptr<T>> share(static_cast<std::shared_ptr<T>*>(data));
    (*share)->abandoned();
  };
  check(env, napi_wrap(env, object, held.get(), abandon, nullptr, nullptr));
  held.release();
  return object;
}

/** The native half of `object`, open or closed; a foreign object throws ERR_CLOSED. */
template <class T>
std::shared_ptr<T> unwrap(napi_env env, napi_value object) {
  bool ours = false;
  void* held = nullptr;
  if (napi_check_object_type_tag(env, object, &kTag<T>, &ours) != napi_ok || !ours ||
      napi_unwrap(env, object, &held) != napi_ok) {
    throwClosed(env, T::kName);
  }
  return *static_cast<std::shared_ptr<T>*>(held);
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
