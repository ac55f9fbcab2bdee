#include "core/callbacks.h"

#include <utility>

#include "core/errors.h"

namespace guesthead {

void Callbacks::bind(napi_env env, napi_value owner, const char* resource, napi_value receiver,
                     std::initializer_list<napi_value> functions) {
  napi_value list, name, key;
  check(env, napi_create_array(env, &list));
  uint32_t index = 0;
  for (napi_value function : functions) check(env, napi_set_element(env, list, index++, function));
  if (receiver != nullptr) check(env, napi_set_element(env, list, index, receiver));
  check(env, napi_create_string_utf8(env, resource, NAPI_AUTO_LENGTH, &name));
  check(env, napi_create_symbol(env, name, &key));
  const napi_property_descriptor hidden = {nullptr, key,  nullptr,      nullptr,
                                           nullptr, list, napi_default, nullptr};
  check(env, napi_define_properties(env, owner, 1, &hidden));
  env_ = env;
  check(env, napi_create_reference(env, owner, 0, &owner_));
  if (receiver != nullptr) check(env, napi_create_reference(env, receiver, 0, &receiver_));
  auto reference = functions_.begin();
  for (napi_value function : functions) {
    check(env, napi_create_reference(env, function, 0, reference++));
  }
  check(env, napi_async_init(env, nullptr, name, &context_));
}

void Callbacks::hold(bool strong) {
  if (owner_ == nullptr || strong == held_) return;
  held_ = strong;
  uint32_t count;
  if (strong) {
    napi_reference_ref(env_, owner_, &count);
  } else {
    napi_reference_unref(env_, owner_, &count);
  }
}

void Callbacks::release() {
  if (owner_ != nullptr) napi_delete_reference(env_, owner_);
  if (receiver_ != nullptr) napi_delete_reference(env_, receiver_);
  for (napi_ref& function : functions_) {
    if (function != nullptr) napi_delete_reference(env_, std::exchange(function, nullptr));
  }
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  owner_ = receiver_ = nullptr;
  context_ = nullptr;
}

/** Null once released, or collected with its owner. */
napi_value Callbacks::valueOf(napi_ref reference) const {
  napi_value value = nullptr;
  if (reference != nullptr) napi_get_reference_value(env_, reference, &value);
  return value;
}

bool Callbacks::call(uint32_t index, const napi_value* arguments, size_t count) const {
  // Without an exception: it is gone, or the environment is ending and no longer runs JavaScript.
  return invoke(index, arguments, count) || reportPending(env_);
}

bool Callbacks::invoke(uint32_t index, const napi_value* arguments, size_t count) const {
  const napi_value function = valueOf(functions_[index]);
  napi_value receiver = valueOf(receiver_);
  if (function == nullptr) return false;
  if (receiver == nullptr && napi_get_undefined(env_, &receiver) != napi_ok) return false;
  return napi_call_function(env_, receiver, function, count, arguments, nullptr) == napi_ok;
}

CallbackScope::CallbackScope(napi_env env, napi_async_context context) : env_(env) {
  if (napi_open_handle_scope(env, &handles_) != napi_ok) return;
  if (context == nullptr ||
      napi_open_callback_scope(env, nullptr, context, &callbacks_) != napi_ok) {
    callbacks_ = nullptr;
  }
}

CallbackScope::~CallbackScope() {
  if (callbacks_ != nullptr) napi_close_callback_scope(env_, callbacks_);
  if (handles_ != nullptr) napi_close_handle_scope(env_, handles_);
}

bool callReporting(napi_env env, napi_value receiver, napi_value function,
                   std::initializer_list<napi_value> arguments) {
  const napi_status status =
      napi_call_function(env, receiver, function, arguments.size(), arguments.begin(), nullptr);
  // Without an exception: the environment is ending and no longer runs JavaScript.
  return status == napi_ok || reportPending(env);
}

bool reportPending(napi_env env) {
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return false;
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
  return true;
}

napi_value numberValue(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

napi_value booleanValue(napi_env env, bool boolean) {
  napi_value value = nullptr;
  napi_get_boolean(env, boolean, &value);
  return value;
}

napi_value textValue(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

}  // namespace guesthead
