#pragma once

#include <sys/ioctl.h>

#include <cerrno>

namespace guesthead {

/** As drmIoctl: restarts an ioctl that a signal broke off. 0 or more, or a negative errno. */
inline int restartedIoctl(int fd, unsigned long request, void* argument) {
  int result;
  do {
    result = ioctl(fd, request, argument);
  } while (result < 0 && (errno == EINTR || errno == EAGAIN));
  return result < 0 ? -errno : result;
}

}  // namespace guesthead
