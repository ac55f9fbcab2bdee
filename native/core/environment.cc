#include "core/environment.h"

#include <algorithm>

#include "core/errors.h"

namespace guesthead {

void Environment::create(napi_env env) {
  uv_loop_t* loop = nullptr;
  check(env, napi_get_uv_event_loop(env, &loop));
  auto* held = new std::shared_ptr<Environment>(new Environment(env, loop));
  const napi_finalize drop = [](napi_env, void* data, void*) {
    delete static_cast<std::shared_ptr<Environment>*>(data);
  };
  check(env, napi_set_instance_data(env, held, drop, nullptr));
  check(env, napi_add_async_cleanup_hook(env, onCleanup, held->get(), nullptr));
}

const std::shared_ptr<Environment>& Environment::of(napi_env env) {
  void* held = nullptr;
  check(env, napi_get_instance_data(env, &held));
  return *static_cast<std::shared_ptr<Environment>*>(held);
}

void Environment::remove(Closable* closable) {
  const auto found = std::find(closables_.begin(), closables_.end(), closable);
  if (found != closables_.end()) closables_.erase(found);
}

/** Node keeps the napi_env, hence our instance data, until the hook is removed. */
void Environment::onCleanup(napi_async_cleanup_hook_handle hook, void* data) {
  auto* self = static_cast<Environment*>(data);
  napi_handle_scope scope = nullptr;
  napi_open_handle_scope(self->env_, &scope);
  self->hook_ = hook;
  self->closing_ = true;
  while (!self->closables_.empty()) {
    Closable* last = self->closables_.back();
    self->closables_.pop_back();
    last->endWithEnvironment();
  }
  for (napi_ref& constructor : self->constructors_) {
    if (constructor != nullptr) napi_delete_reference(self->env_, constructor);
    constructor = nullptr;
  }
  napi_close_handle_scope(self->env_, scope);
  self->finishCleanup();
}

void Environment::handleClosed() {
  --handles_;
  finishCleanup();
}

void Environment::finishCleanup() {
  if (!closing_ || handles_ > 0 || hook_ == nullptr) return;
  napi_remove_async_cleanup_hook(std::exchange(hook_, nullptr));
}

void Environment::defineClass(Class which, const char* name, size_t count,
                              const napi_property_descriptor* methods) {
  napi_value constructor, prototype;
  check(env_, napi_define_class(env_, name, NAPI_AUTO_LENGTH, construct, nullptr, 0, nullptr,
                                &constructor));
  // Methods given to napi_define_class would answer a foreign `this` with V8's own TypeError.
  check(env_, napi_get_named_property(env_, constructor, "prototype", &prototype));
  check(env_, napi_define_properties(env_, prototype, count, methods));
  check(env_,
        napi_create_reference(env_, constructor, 1, &constructors_[static_cast<size_t>(which)]));
}

/** `constructing_` tells our own calls from `new device.constructor()`. */
napi_value Environment::construct(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    if (!of(env)->constructing_) throw Napi::TypeError::New(env, "Illegal constructor");
    return Napi::CallbackInfo(env, info).This();
  });
}

napi_value Environment::instantiate(Class which) {
  napi_value constructor, object;
  check(env_,
        napi_get_reference_value(env_, constructors_[static_cast<size_t>(which)], &constructor));
  constructing_ = true;
  const napi_status status = napi_new_instance(env_, constructor, 0, nullptr, &object);
  constructing_ = false;
  check(env_, status);
  return object;
}

}  // namespace guesthead
