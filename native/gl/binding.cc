#include "gl/binding.h"

#include "core/arguments.h"
#include "gl/given.h"
#include "gl/info.h"

namespace guesthead::gl {
namespace {

/** What the end of an environment waits for the driver. */
constexpr std::chrono::milliseconds kEndWait(2000);
/** Of the callbacks. */
constexpr uint32_t kOnResult = 0;
constexpr uint32_t kOnEnded = 1;

}  // namespace

void Gl::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("importDmabuf", call<Gl, &Gl::importDmabuf>),
      method("createPixels", call<Gl, &Gl::createPixels>),
      method("createOffscreen", call<Gl, &Gl::createOffscreen>),
      method("compile", call<Gl, &Gl::compile>),
      method("compose", call<Gl, &Gl::compose>),
      method("readPixels", call<Gl, &Gl::readPixels>),
      method("remove", call<Gl, &Gl::remove>),
      method("pretendReset", call<Gl, &Gl::pretendReset>),
      method("busyMs", call<Gl, &Gl::busyMs>),
      method("close", callClose<Gl>),
  };
  environment.defineClass(kClass, "Gl", std::size(methods), methods);
}

napi_value Gl::open(const Napi::CallbackInfo& info) {
  Gpu gpu;
  gpu.gbmDevice = gbmDeviceOf(info[0]);
  gpu.node = stringOf(info[1], "node");
  const Napi::Function onResult = functionOf(info[2], "onResult");
  const Napi::Function onEnded = functionOf(info[3], "onEnded");
  const auto& environment = Environment::of(info.Env());
  const auto gl = std::make_shared<Gl>(environment);
  const napi_value owner = wrap(*environment, gl);
  gl->start(owner, gpu, onResult, onEnded);
  return owner;
}

void Gl::start(napi_value owner, const Gpu& gpu, napi_value onResult, napi_value onEnded) {
  callbacks_.bind(environment_->env(), owner, "guesthead:gl", nullptr, {onResult, onEnded});
  openWake();
  environment_->add(this);
  uv_async_t* async = &wake_->async;
  try {
    thread_ = std::make_unique<Thread>(gpu, [async] { uv_async_send(async); });
  } catch (...) {
    closed_ = true;
    closeWake();
    throw;
  }
  setPending(1);
}

void Gl::openWake() {
  auto wake = std::make_unique<Wake>(Wake{{}, this, environment_});
  wake->async.data = wake.get();
  const int failed = uv_async_init(environment_->loop(), &wake->async, [](uv_async_t* async) {
    auto* opened = static_cast<Wake*>(async->data);
    if (opened->gl != nullptr) opened->gl->onWake();
  });
  if (failed != 0) throw SystemError{-failed, "uv_async_init"};
  environment_->handleOpened();
  wake_ = wake.release();
}

void Gl::setPending(size_t pending) {
  pending_ = pending;
  callbacks_.hold(pending > 0);
  auto* handle = reinterpret_cast<uv_handle_t*>(&wake_->async);
  pending > 0 ? uv_ref(handle) : uv_unref(handle);
}

void Gl::onWake() {
  if (!closed_) {
    onResults();
  } else if (thread_->hasEnded()) {
    onThreadEnded();
  }
}

/** A result may close us, or be followed by new jobs. The job keeps us alive until it has been
 * told.
 */
void Gl::onResults() {
  const auto self = shared_from_this();
  std::vector<Result> results = thread_->take();
  const CallbackScope scope(callbacks_);
  for (Result& result : results) {
    tell(result);
    if (closed_) return;
    setPending(pending_ - 1);
  }
}

/** A fence that nobody was given stays ours, and is closed with the result. */
void Gl::tell(Result& result) const {
  const napi_env env = environment_->env();
  const napi_value failure = guarded(env, [&] { return failureValue(env, result.failure); });
  const napi_value value = guarded(env, [&] { return valueOf(env, result); });
  if (failure == nullptr || value == nullptr) {
    reportPending(env);
    return;
  }
  const int fence = result.fence.get();
  const bool told = callbacks_.call(
      kOnResult, {numberValue(env, result.job), failure, numberValue(env, fence), value,
                  booleanValue(env, result.renewed), numberValue(env, result.queueMs),
                  numberValue(env, result.waitMs), numberValue(env, result.drawMs)});
  if (told) result.fence.release();
}

/** Idempotent. `onWake` hears of the thread's end, of which one that could not open the GPU has
 * told already. The loop does not wait for it. */
void Gl::close() {
  if (std::exchange(closed_, true)) return;
  ending_ = shared_from_this();
  callbacks_.hold(true);
  thread_->stop();
  if (thread_->hasEnded()) uv_async_send(&wake_->async);
  uv_unref(reinterpret_cast<uv_handle_t*>(&wake_->async));
}

/** It has told so as its last word: what is left of it is joined. Told before we are let go of. */
void Gl::onThreadEnded() {
  const auto self = std::exchange(ending_, nullptr);
  thread_.reset();
  {
    const CallbackScope scope(callbacks_);
    callbacks_.call(kOnEnded, {});
  }
  closeWake();
}

void Gl::endWithEnvironment() {
  const auto self = shared_from_this();
  ending_ = nullptr;
  closed_ = true;
  thread_->end(kEndWait);
  thread_.reset();
  closeWake();
}

/** The end of what the loop has of us. */
void Gl::closeWake() {
  if (wake_ == nullptr) return;
  Wake* wake = std::exchange(wake_, nullptr);
  environment_->remove(this);
  callbacks_.release();
  wake->gl = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&wake->async), [](uv_handle_t* closed) {
    const std::unique_ptr<Wake> held(static_cast<Wake*>(closed->data));
    held->environment->handleClosed();
  });
}

}  // namespace guesthead::gl
