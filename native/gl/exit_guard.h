#pragma once

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

 private:
  static void endAll();

  const std::function<void()> end_;
};

}  // namespace guesthead::gl
