#include "session/log.h"

#include <cstdio>
#include <cstring>

namespace guesthead::session {
namespace {

/** Of libseat.h. */
constexpr int kError = 1;
constexpr size_t kMostText = 1024;

}  // namespace

thread_local Log* Log::current_ = nullptr;

Log::Log(const Library& library) : before_(current_) {
  current_ = this;
  library.set_log_handler(keep);
  library.set_log_level(kError);
}

Log::~Log() {
  current_ = before_;
}

void Log::keep(int level, const char* format, va_list arguments) {
  if (current_ == nullptr || level > kError) return;
  std::string& text = current_->text_;
  char line[256];
  if (text.size() > kMostText || std::vsnprintf(line, sizeof line, format, arguments) < 0) return;
  // Each begins with its place in libseat's source, in brackets.
  const char* const place = line[0] == '[' ? std::strstr(line, "] ") : nullptr;
  if (!text.empty()) text += "; ";
  text += place == nullptr ? line : place + 2;
}

}  // namespace guesthead::session
