#include "wayland/log.h"

#include <cstdio>
#include <mutex>
#include <utility>

namespace guesthead::wayland {
namespace {

constexpr size_t kMostLines = 32;

struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
};

/** Never destroyed: a thread may log while the process ends. */
Log& logged() {
  static Log* const one = new Log;
  return *one;
}

}  // namespace

void keepLine(const char* format, va_list arguments) {
  char line[512];
  std::vsnprintf(line, sizeof line, format, arguments);
  const std::lock_guard<std::mutex> lock(logged().mutex);
  if (logged().lines.size() < kMostLines) logged().lines.emplace_back(line);
}

std::vector<std::string> takeLines() {
  const std::lock_guard<std::mutex> lock(logged().mutex);
  return std::exchange(logged().lines, {});
}

}  // namespace guesthead::wayland
