#pragma once

#include <atomic>
#include <functional>

namespace guesthead::gl {

/**
 * `exit()` runs the destructors of the driver's libraries, and a thread that draws meanwhile
 * crashes. So `end` is called before them, where this still lives; Node's own hooks are not called
 * at a process.exit().
 */
class ExitGuard {
 public:
  explicit ExitGuard(std::function<void()> end);
  ExitGuard(const ExitGuard&) = delete;
  ExitGuard& operator=(const ExitGuard&) = delete;
  ~ExitGuard();

  /** To be called once the driver is loaded: what is registered later is run earlier. */
  static void arm();
  /** While a thread draws, also one that nobody waits for any more: if it does so still at the end,
   * the process goes without those destructors. */
  static void enter() { ++running_; }
  static void leave() { --running_; }

 private:
  static void endAll();
  static bool waitForAll();

  static inline std::atomic<int> running_{0};

  const std::function<void()> end_;
};

}  // namespace guesthead::gl
