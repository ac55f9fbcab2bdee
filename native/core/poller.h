#pragma once

#include <functional>
#include <memory>

#include "core/environment.h"
#include "core/unique_fd.h"

namespace guesthead {

/**
 * A uv_poll_t on the environment's own loop, and the descriptor it polls.
 * Destroying it, even from its own callback, stops it and closes the descriptor
 * at once; the libuv handle is freed by its close callback.
 */
class Poller {
 public:
  /** `error` is 0, or the positive errno for which polling has stopped. */
  using Callback = std::function<void(int error)>;

  /** Takes the descriptor, leaves its file flags as they are. Throws SystemError (EPERM: not
   * pollable). */
  Poller(std::shared_ptr<Environment> environment, UniqueFd fd, Callback callback);
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  ~Poller();

  int fd() const;
  /** `events` as of uv_poll_start; level-triggered. 0 or a negative errno. */
  int start(int events);
  void stop();
  /** Whether, while started, it keeps the loop alive; at first it does. */
  void setReferenced(bool referenced);

 private:
  struct Handle;
  static void onEvents(uv_poll_t* poll, int status, int events);
  Handle* handle_;
};

}  // namespace guesthead
