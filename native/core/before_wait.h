#pragma once

#include <uv.h>

#include <functional>
#include <memory>

#include "core/environment.h"

namespace guesthead {

/**
 * What is to be done once all that the loop has told was answered, and before it waits again: a
 * uv_prepare_t on the environment's own loop, active only when something was asked for.
 * Destroying it, even from its own callback, ends it at once; the libuv handle is freed by its
 * close callback.
 */
class BeforeWait {
 public:
  using Callback = std::function<void()>;

  BeforeWait(std::shared_ptr<Environment> environment, Callback callback);
  BeforeWait(const BeforeWait&) = delete;
  BeforeWait& operator=(const BeforeWait&) = delete;
  ~BeforeWait();

  /** Calls back once, however often it was asked until then. It does not keep the loop alive. */
  void ask();

 private:
  struct Handle;
  static void onPrepare(uv_prepare_t* prepare);
  Handle* handle_;
};

}  // namespace guesthead
