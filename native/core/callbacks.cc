#include "core/callbacks.h"

#include "core/errors.h"

namespace guesthead {

void Callbacks::bind(napi_env env, napi_value owner, const char* resource, napi_value receiver,
                     std::initializer_list<napi_value> functions) {
  napi_value list, name, key;
  check(env, napi_create_array(env, &list));
  check(env, napi_set_element(env, list, 0, receiver));
  uint32_t index = 0;
  for (napi_value function : functions) check(env, napi_set_element(env, list, ++index, function));
  check(env, napi_create_string_utf8(env, resource, NAPI_AUTO_LENGTH, &name));
  check(env, napi_create_symbol(env, name, &key));
  const napi_property_descriptor hidden = {nullptr, key,  nullptr,      nullptr,
                                           nullptr, list, napi_default, nullptr};
  check(env, napi_define_properties(env, owner, 1, &hidden));
  env_ = env;
  check(env, napi_create_reference(env, owner, 0, &owner_));
  check(env, napi_create_reference(env, list, 0, &list_));
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
  if (list_ != nullptr) napi_delete_reference(env_, list_);
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  owner_ = list_ = nullptr;
  context_ = nullptr;
}

void Callbacks::call(uint32_t index, std::initializer_list<napi_value> arguments) const {
  napi_value list = nullptr, receiver, function;
  if (list_ == nullptr || napi_get_reference_value(env_, list_, &list) != napi_ok) return;
  if (list == nullptr || napi_get_element(env_, list, 0, &receiver) != napi_ok ||
      napi_get_element(env_, list, index + 1, &function) != napi_ok) {
    return;
  }
  callReporting(env_, receiver, function, arguments);
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

void callReporting(napi_env env, napi_value receiver, napi_value function,
                   std::initializer_list<napi_value> arguments) {
  const napi_status status =
      napi_call_function(env, receiver, function, arguments.size(), arguments.begin(), nullptr);
  bool pending = false;
  if (status == napi_ok || napi_is_exception_pending(env, &pending) != napi_ok || !pending) {
    return;  // Without an exception: the environment is ending and no longer runs JavaScript.
  }
  napi_value error;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
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

}  // namespace guesthead
