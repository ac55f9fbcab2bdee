#pragma once

#include <napi.h>

#include <memory>
#include <thread>

#include "core/environment.h"
#include "core/unique_fd.h"

namespace guesthead {

/**
 * One sampleFence() under way: a thread of its own, and the promise.
 *
 * Not a thread of libuv's pool: four long waits would starve file I/O there,
 * and process.exit() joins that pool, hence would wait for the timeout.
 * The sampler owns itself until its uv_async_t's close callback; the thread has
 * ended by then. The environment's end cancels it and the promise stays pending.
 */
class FenceSampler final : public Closable {
 public:
  /** sampleFence(dmabufFd, intervalUs, timeoutMs) */
  static napi_value sample(const Napi::CallbackInfo& info);

  void close() override;

 private:
  struct Outcome {
    uint64_t timestampNs = 0;
    SystemError failure = {0, ""};
  };

  FenceSampler(std::shared_ptr<Environment> environment, UniqueFd dmabuf, UniqueFd cancel);
  FenceSampler(const FenceSampler&) = delete;
  FenceSampler& operator=(const FenceSampler&) = delete;
  ~FenceSampler() = default;

  napi_value createPromise(napi_env env);
  static napi_value keepResolvers(napi_env env, napi_callback_info info);
  void start(double intervalUs, double timeoutMs);
  void run(int64_t intervalNs, int64_t timeoutNs);
  uint64_t waitForFence(int64_t intervalNs, int64_t deadlineNs);
  void settle();
  void stopThread();
  void releaseResolvers();

  const std::shared_ptr<Environment> environment_;
  UniqueFd dmabuf_;
  /** An eventfd: readable once the sampling shall end. */
  UniqueFd cancel_;
  uv_async_t done_{};
  std::thread thread_;
  /** Written by the thread, read after it was joined. */
  Outcome outcome_;
  napi_ref resolve_ = nullptr;
  napi_ref reject_ = nullptr;
  napi_async_context context_ = nullptr;
};

}  // namespace guesthead
