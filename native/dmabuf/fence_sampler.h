#pragma once

#include <napi.h>

#include "core/threaded_call.h"
#include "core/unique_fd.h"

namespace guesthead {

/** One sampleFence() under way. */
class FenceSampler final : public Work {
 public:
  /** sampleFence(dmabufFd, intervalUs, timeoutMs) */
  static napi_value sample(const Napi::CallbackInfo& info);

  FenceSampler(UniqueFd dmabuf, UniqueFd cancel, int64_t intervalNs, int64_t timeoutNs)
      : dmabuf_(std::move(dmabuf)),
        cancel_(std::move(cancel)),
        intervalNs_(intervalNs),
        timeoutNs_(timeoutNs) {}
  void run() override;
  napi_value result(napi_env env) const override;
  bool cancel() override;

 private:
  uint64_t waitForFence(int64_t deadlineNs) const;
  uint64_t waitForSignal(int64_t deadlineNs) const;

  const UniqueFd dmabuf_;
  /** An eventfd: readable once the sampling shall end. */
  const UniqueFd cancel_;
  const int64_t intervalNs_;
  const int64_t timeoutNs_;
  uint64_t timestampNs_ = 0;
};

}  // namespace guesthead
