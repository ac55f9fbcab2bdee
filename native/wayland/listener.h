#pragma once

#include <string>

#include "core/unique_fd.h"
#include "wayland/library.h"

namespace guesthead::wayland {

/**
 * A socket where clients come, with a lock file beside it, as libwayland's own has; but this one
 * can let them wait, and does not turn for ever where no descriptor is free.
 */
class Listener {
 public:
  /**
   * At an absolute path; a socket whose lock nobody holds is replaced. Throws SystemError:
   * EWOULDBLOCK, another server listens there; ENAMETOOLONG; what the folder does not allow.
   */
  Listener(const Library& library, wl_display* display, const std::string& path);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /** Removes both files. Before the display's end. */
  ~Listener();

  /** Takes clients, or lets them wait. */
  void take(bool wanted);

 private:
  static int onReadable(int fd, uint32_t mask, void* self);
  void accept();

  const Library& library_;
  wl_display* const display_;
  const std::string path_;
  UniqueFd lock_;
  UniqueFd socket_;
  /** Given up for a moment, so that a client can be told that there is no room. */
  UniqueFd spare_;
  wl_event_source* source_ = nullptr;
  bool takes_ = true;
};

}  // namespace guesthead::wayland
