#pragma once

#include <cstdarg>

struct libseat;

/** As in libseat.h. */
struct libseat_seat_listener {
  void (*enable_seat)(libseat* seat, void* userData);
  void (*disable_seat)(libseat* seat, void* userData);
};

namespace guesthead::session {

using LogFunction = void(int level, const char* format, va_list arguments);

/** Return type, name without "libseat_", parameters; all of them are in libseat 0.5. */
#define GUESTHEAD_SEAT_FUNCTIONS(X)                             \
  X(libseat*, open_seat, (const libseat_seat_listener*, void*)) \
  X(int, disable_seat, (libseat*))                              \
  X(int, close_seat, (libseat*))                                \
  X(int, open_device, (libseat*, const char*, int*))            \
  X(int, close_device, (libseat*, int))                         \
  X(const char*, seat_name, (libseat*))                         \
  X(int, switch_session, (libseat*, int))                       \
  X(int, get_fd, (libseat*))                                    \
  X(int, dispatch, (libseat*, int))                             \
  X(void, set_log_handler, (LogFunction*))                      \
  X(void, set_log_level, (int))

/** libseat as loaded at run time: an addon that opens its devices itself does not ask for it. */
struct Library {
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_SEAT_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const Library& load();
};

}  // namespace guesthead::session
