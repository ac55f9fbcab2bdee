#include "core/threaded_call.h"

#include <new>
#include <system_error>

#include "core/arguments.h"
#include "core/callbacks.h"
#include "core/signals_blocked.h"

namespace guesthead {

napi_value ThreadedCall::start(napi_env env, const char* name, std::shared_ptr<Work> work) {
  auto shared = std::make_shared<Shared>();
  shared->work = std::move(work);
  shared->name = name;
  auto* call = new ThreadedCall(Environment::of(env), std::move(shared));
  try {
    const napi_value promise = call->createPromise(env, name);
    call->startThread();
    return promise;
  } catch (...) {
    call->close();
    throw;
  }
}

ThreadedCall::ThreadedCall(std::shared_ptr<Environment> environment, std::shared_ptr<Shared> shared)
    : environment_(std::move(environment)), shared_(std::move(shared)) {
  shared_->done = &done_;
  done_.data = this;
  uv_async_init(environment_->loop(), &done_,
                [](uv_async_t* done) { static_cast<ThreadedCall*>(done->data)->settle(); });
  environment_->handleOpened();
  environment_->add(this);
}

/** A napi_deferred of a promise never settled could not be freed; two references can. */
napi_value ThreadedCall::createPromise(napi_env env, const char* name) {
  napi_value global, constructor, executor, promise, resource;
  check(env, napi_get_global(env, &global));
  check(env, napi_get_named_property(env, global, "Promise", &constructor));
  check(env,
        napi_create_function(env, "executor", NAPI_AUTO_LENGTH, keepResolvers, this, &executor));
  check(env, napi_new_instance(env, constructor, 1, &executor, &promise));
  check(env, napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &resource));
  check(env, napi_async_init(env, nullptr, resource, &context_));
  return promise;
}

/** The Promise constructor calls this before it returns. */
napi_value ThreadedCall::keepResolvers(napi_env env, napi_callback_info raw) {
  return guarded(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    auto* self = static_cast<ThreadedCall*>(info.Data());
    check(env, napi_create_reference(env, functionOf(info[0], "resolve"), 1, &self->resolve_));
    check(env, napi_create_reference(env, functionOf(info[1], "reject"), 1, &self->reject_));
    return nullptr;
  });
}

void ThreadedCall::startThread() {
  const SignalsBlocked inherited;
  try {
    thread_ = std::thread([shared = shared_] { run(*shared); });
  } catch (const std::system_error& error) {
    throw SystemError{error.code().value(), "pthread_create"};
  }
}

void ThreadedCall::run(Shared& shared) {
  try {
    shared.work->run();
  } catch (const SystemError& error) {
    shared.failure = error;
  } catch (const std::bad_alloc&) {
    shared.failure = {ENOMEM, shared.name};
  }
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (shared.done != nullptr) uv_async_send(shared.done);
}

/** On the loop, after the thread's last act. What the work owns is closed before the promise
 * settles. */
void ThreadedCall::settle() {
  thread_.join();
  const napi_env env = environment_->env();
  {
    const CallbackScope scope(env, context_);
    const SystemError failure = shared_->failure;
    const bool failed = failure.error != 0;
    const napi_value value = guarded(
        env, [&] { return failed ? toJavaScript(env, failure) : shared_->work->result(env); });
    shared_.reset();
    napi_value receiver, function;
    if (value != nullptr && napi_get_undefined(env, &receiver) == napi_ok &&
        napi_get_reference_value(env, failed ? reject_ : resolve_, &function) == napi_ok) {
      callReporting(env, receiver, function, {value});
    }
  }
  close();
}

void ThreadedCall::close() {
  environment_->remove(this);
  leaveThread();
  releaseResolvers();
  uv_close(reinterpret_cast<uv_handle_t*>(&done_), [](uv_handle_t* closed) {
    auto* self = static_cast<ThreadedCall*>(closed->data);
    const auto environment = self->environment_;
    delete self;
    environment->handleClosed();
  });
}

void ThreadedCall::leaveThread() {
  if (thread_.joinable()) {
    {
      const std::lock_guard<std::mutex> lock(shared_->mutex);
      shared_->done = nullptr;
    }
    shared_->work->cancel() ? thread_.join() : thread_.detach();
  }
  shared_.reset();
}

void ThreadedCall::releaseResolvers() {
  const napi_env env = environment_->env();
  if (resolve_ != nullptr) napi_delete_reference(env, resolve_);
  if (reject_ != nullptr) napi_delete_reference(env, reject_);
  if (context_ != nullptr) napi_async_destroy(env, context_);
  resolve_ = reject_ = nullptr;
  context_ = nullptr;
}

}  // namespace guesthead
