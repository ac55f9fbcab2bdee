#include "gl/binding.h"

#include <stdexcept>

#include "core/arguments.h"
#include "gl/gbm.h"
#include "gl/info.h"

namespace guesthead::gl {
namespace {

/** What the end of an environment waits for the driver. */
constexpr std::chrono::milliseconds kEndWait(2000);
/** Of the callbacks. */
constexpr uint32_t kOnResult = 0;
constexpr uint32_t kOnEnded = 1;
constexpr double kMostPixels = 1 << 15;
constexpr double kMostPlanes = 4;

uint64_t bigintOf(const Napi::Value& value, const char* name) {
  if (!value.IsBigInt())
    throw Napi::TypeError::New(value.Env(), std::string(name) + " must be a bigint");
  bool lossless = false;
  const uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless) throw Napi::RangeError::New(value.Env(), std::string(name) + " must fit 64 bits");
  return number;
}

/** A `struct gbm_device *`, or null. */
void* gbmDeviceOf(const Napi::Value& value) {
  const auto address = static_cast<uintptr_t>(bigintOf(value, "gbmDevice"));
  if (address == 0 || isGbmDevice(address)) return reinterpret_cast<void*>(address);
  throw Napi::RangeError::New(value.Env(), "gbmDevice must be a struct gbm_device's address, or 0");
}

uint32_t idOf(const Napi::Value& value) {
  return static_cast<uint32_t>(integerOf(value, "id", 1, UINT32_MAX));
}

int sizeOf(const Napi::Value& value, const char* name) {
  return static_cast<int>(integerOf(value, name, 1, kMostPixels));
}

std::vector<Plane> planesOf(const Napi::CallbackInfo& info, size_t first) {
  const auto fds = uint32sOf(info[first], "fds");
  const auto offsets = uint32sOf(info[first + 1], "offsets");
  const auto pitches = uint32sOf(info[first + 2], "pitches");
  if (fds.length < 1 || fds.length > kMostPlanes || offsets.length != fds.length ||
      pitches.length != fds.length) {
    throw Napi::RangeError::New(info.Env(),
                                "a dma-buf has one to four planes, each with offset and pitch");
  }
  std::vector<Plane> planes;
  for (size_t i = 0; i < fds.length; ++i) {
    planes.push_back(
        {UniqueFd::duplicate(static_cast<int>(fds.data[i])), offsets.data[i], pitches.data[i]});
  }
  return planes;
}

std::vector<Uniform> uniformsOf(const Napi::CallbackInfo& info, size_t first) {
  const auto sizes = uint32sOf(info[first + 1], "sizes");
  if (!info[first].IsArray()) throw Napi::TypeError::New(info.Env(), "names must be an array");
  const Napi::Array names = info[first].As<Napi::Array>();
  if (names.Length() != sizes.length)
    throw Napi::RangeError::New(info.Env(), "each name has a size");
  std::vector<Uniform> uniforms;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    if (sizes.data[i] < 1 || sizes.data[i] > 4) {
      throw Napi::RangeError::New(info.Env(), "a uniform has one to four numbers");
    }
    uniforms.push_back({stringOf(names.Get(i), "name"), static_cast<int>(sizes.data[i])});
  }
  return uniforms;
}

size_t bytesOf(int width, int height) {
  return static_cast<size_t>(width) * height * 4;
}

std::shared_ptr<Pixels> pixelsOf(int width, int height, GLenum format) {
  auto* bytes = static_cast<uint8_t*>(std::calloc(bytesOf(width, height), 1));
  if (bytes == nullptr) throw SystemError{ENOMEM, "calloc"};
  return std::make_shared<Pixels>(Pixels{{bytes, std::free}, width, height, format});
}

/** An ArrayBuffer of the very memory that the thread reads; it keeps its share when it is
 * transferred. */
napi_value expose(napi_env env, const std::shared_ptr<Pixels>& pixels) {
  auto* share = new std::shared_ptr<Pixels>(pixels);
  const napi_finalize drop = [](napi_env, void*, void* held) {
    delete static_cast<std::shared_ptr<Pixels>*>(held);
  };
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      env, pixels->bytes.get(), bytesOf(pixels->width, pixels->height), drop, share, &buffer);
  if (status == napi_no_external_buffers_allowed) {
    delete share;  // Only here is the finalizer known not to be called.
    throw Napi::Error::New(env, "this JavaScript engine does not allow external ArrayBuffers");
  }
  check(env, status);
  return buffer;
}

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

napi_value Gl::importDmabuf(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  auto layout = std::make_shared<DmabufLayout>();
  layout->width = sizeOf(info[2], "width");
  layout->height = sizeOf(info[3], "height");
  layout->fourcc = uint32Of(info[4], "fourcc");
  layout->modifier = bigintOf(info[5], "modifier");
  layout->planes = planesOf(info, 6);
  layout->colourSpace = static_cast<EGLint>(integerOf(info[9], "colourSpace", 0, 0xffff));
  layout->range = static_cast<EGLint>(integerOf(info[10], "range", 0, 0xffff));
  add(info[0], [id, layout](Renderer& renderer, Result&) { renderer.addDmabuf(id, *layout); });
  return nullptr;
}

napi_value Gl::createPixels(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const int width = sizeOf(info[2], "width");
  const int height = sizeOf(info[3], "height");
  const GLenum format = booleanOf(info[4], "isBgra") ? GL_BGRA_EXT : GL_RGBA;
  const auto pixels = pixelsOf(width, height, format);
  const napi_value buffer = expose(info.Env(), pixels);
  add(info[0], [id, pixels](Renderer& renderer, Result&) { renderer.addPixels(id, pixels); });
  return buffer;
}

napi_value Gl::createOffscreen(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const int width = sizeOf(info[2], "width");
  const int height = sizeOf(info[3], "height");
  add(info[0], [=](Renderer& renderer, Result&) { renderer.addOffscreen(id, width, height); });
  return nullptr;
}

napi_value Gl::compile(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const std::string source = stringOf(info[2], "source");
  const auto uniforms = uniformsOf(info, 3);
  add(info[0], [=](Renderer& renderer, Result&) { renderer.addEffect(id, source, uniforms); });
  return nullptr;
}

napi_value Gl::compose(const Napi::CallbackInfo& info) {
  const auto numbers = float64sOf(info[1], "description");
  const auto count =
      static_cast<size_t>(integerOf(info[2], "count", 0, static_cast<double>(numbers.length)));
  std::shared_ptr<Composition> composition;
  try {
    composition = std::make_shared<Composition>(readComposition(numbers.data, count));
  } catch (const std::invalid_argument& error) {
    throw Napi::RangeError::New(info.Env(), error.what());
  }
  add(info[0], [composition](Renderer& renderer, Result& result) {
    renderer.compose(*composition, result);
  });
  return nullptr;
}

napi_value Gl::readPixels(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[1]);
  const auto at = [&](size_t index, const char* name) {
    return static_cast<int>(integerOf(info[index], name, 0, kMostPixels));
  };
  const Rect rect = {at(2, "x"), at(3, "y"), sizeOf(info[4], "width"), sizeOf(info[5], "height")};
  add(info[0], [=](Renderer& renderer, Result& result) { renderer.readPixels(id, rect, result); });
  return nullptr;
}

napi_value Gl::remove(const Napi::CallbackInfo& info) {
  const uint32_t id = idOf(info[0]);
  thread_->add({kSilent, [id](Renderer& renderer, Result&) { renderer.remove(id); }});
  return nullptr;
}

napi_value Gl::pretendReset(const Napi::CallbackInfo& info) {
  const Reset reset = booleanOf(info[0], "guilty") ? Reset::guilty : Reset::innocent;
  thread_->add({kSilent, [reset](Renderer& renderer, Result&) { renderer.pretend(reset); }});
  return nullptr;
}

napi_value Gl::busyMs(const Napi::CallbackInfo& info) {
  return numberValue(info.Env(), thread_->busyMs());
}

void Gl::add(const Napi::Value& job, std::function<void(Renderer&, Result&)> run) {
  const auto id = static_cast<uint32_t>(integerOf(job, "job", 1, kSilent - 1));
  thread_->add({id, std::move(run)});
  setPending(pending_ + 1);
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
