#pragma once

#include <string>

#include "session/library.h"

namespace guesthead::session {

/**
 * What libseat says while this is alive, on this thread: its log is the process's, and its errno
 * alone does not tell which of its ways failed for which reason.
 */
class Log {
 public:
  explicit Log(const Library& library);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  /** Lines of failures, with "; " between them. */
  const std::string& text() const { return text_; }

 private:
  static void keep(int level, const char* format, va_list arguments);

  static thread_local Log* current_;
  std::string text_;
  Log* const before_;
};

}  // namespace guesthead::session
