#pragma once

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "core/system_error.h"

namespace guesthead {

/** Owns one descriptor; closes it once. -1 owns none. */
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  /**
   * A descriptor of our own for the caller's open file, the lowest that is free from `least` on.
   * Throws SystemError (EBADF, EMFILE; EINVAL: no number is that high).
   */
  static UniqueFd duplicate(int fd, int least = 0) {
    UniqueFd copy(fcntl(fd, F_DUPFD_CLOEXEC, least));
    if (!copy) throw SystemError{errno, "fcntl"};
    return copy;
  }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /** The caller owns what is returned. */
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) close(old);
  }

 private:
  int fd_ = -1;
};

}  // namespace guesthead
