#include "wayland/load.h"

#include <time.h>

#include <utility>

namespace guesthead::wayland {
namespace {

double secondsOf(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

bool Load::tooMuch(const LoadLimit& limit, double windowSeconds) {
  const bool isFull = std::exchange(busy_, 0) > limit.share * windowSeconds;
  fullWindows_ = isFull ? fullWindows_ + 1 : 0;
  return fullWindows_ >= kWindows;
}

double monotonicSeconds() {
  return secondsOf(CLOCK_MONOTONIC);
}

double threadSeconds() {
  return secondsOf(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace guesthead::wayland
