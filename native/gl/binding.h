#pragma once

#include <uv.h>

#include <memory>

#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "gl/thread.h"

namespace guesthead::gl {

/**
 * `NativeGl` in src/native/gl.ts: hands jobs to the GPU's thread and tells what they came to. With
 * a job under way it keeps itself and the loop alive. Once closed it waits for the end of the
 * thread, and keeps itself alive only.
 */
class Gl final : public Closable, public std::enable_shared_from_this<Gl> {
 public:
  static constexpr Class kClass = Class::gl;
  static constexpr const char* kName = "GL";
  static void define(Environment& environment);

  /** openGl(gbmDevice, node, onResult, onEnded) */
  static napi_value open(const Napi::CallbackInfo& info);

  explicit Gl(std::shared_ptr<Environment> environment) : environment_(std::move(environment)) {}
  Gl(const Gl&) = delete;
  Gl& operator=(const Gl&) = delete;
  ~Gl() = default;

  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;
  /** Waits for the thread: it must not come back to an environment that is gone. */
  void endWithEnvironment() override;

 private:
  /** libuv's, until its close callback. */
  struct Wake {
    uv_async_t async;
    Gl* gl;
    std::shared_ptr<Environment> environment;
  };

  void openWake();
  void closeWake();
  void start(napi_value owner, const Gpu& gpu, napi_value onResult, napi_value onEnded);
  void onWake();
  void onThreadEnded();
  napi_value importDmabuf(const Napi::CallbackInfo& info);
  napi_value createPixels(const Napi::CallbackInfo& info);
  napi_value createOffscreen(const Napi::CallbackInfo& info);
  napi_value compile(const Napi::CallbackInfo& info);
  napi_value compose(const Napi::CallbackInfo& info);
  napi_value readPixels(const Napi::CallbackInfo& info);
  napi_value remove(const Napi::CallbackInfo& info);
  napi_value pretendReset(const Napi::CallbackInfo& info);
  napi_value busyMs(const Napi::CallbackInfo& info);

  void add(const Napi::Value& job, std::function<void(Renderer&, Result&)> run);
  void setPending(size_t pending);
  void onResults();
  void tell(Result& result) const;

  const std::shared_ptr<Environment> environment_;
  Callbacks callbacks_;
  std::unique_ptr<Thread> thread_;
  Wake* wake_ = nullptr;
  size_t pending_ = 0;
  bool closed_ = false;
  /** From the close to the end of the thread. */
  std::shared_ptr<Gl> ending_;
};

}  // namespace guesthead::gl
