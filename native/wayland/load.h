#pragma once

#include <cstdint>

namespace guesthead::wayland {

/** How much one client may have of the thread that serves all of them. */
struct LoadLimit {
  /** Of a core; and for how long before it is too much. */
  double share;
  double seconds;
};

/** What one client has had of it. */
class Load {
 public:
  void add(double seconds) { busy_ += seconds; }
  /** At the end of a window of so many seconds; true once all windows of the limit's time were too
   * full. */
  bool tooMuch(const LoadLimit& limit, double windowSeconds);

 private:
  double busy_ = 0;
  int fullWindows_ = 0;
};

/** Windows are parts of a limit's time, so that a short burst alone is never too much. */
constexpr int kWindows = 5;

/** Seconds of CLOCK_MONOTONIC, and those that the calling thread has run. */
double monotonicSeconds();
double threadSeconds();

}  // namespace guesthead::wayland
