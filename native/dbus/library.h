#pragma once

#include <cstddef>
#include <cstdint>

struct sd_bus;
struct sd_bus_message;

namespace guesthead::dbus {

/** As sd_bus_error of sd-bus.h, for a call that failed; the library owns what the texts point to.
 */
struct BusError {
  const char* name;
  const char* message;
  int needsFree;
};

/** As sd_id128_t of sd-id128.h. */
union BusId {
  uint8_t bytes[16];
  uint64_t words[2];
};

// What sd-bus.h declares and is used here; all of it is there since systemd 237.
#define GUESTHEAD_BUS_FUNCTIONS(X)                                                       \
  X(int, set_fd, (sd_bus*, int, int))                                                    \
  X(int, set_server, (sd_bus*, int, BusId))                                              \
  X(int, start, (sd_bus*))                                                               \
  X(int, is_open, (sd_bus*))                                                             \
  X(int, is_ready, (sd_bus*))                                                            \
  X(int, get_fd, (sd_bus*))                                                              \
  X(int, get_events, (sd_bus*))                                                          \
  X(int, process, (sd_bus*, sd_bus_message**))                                           \
  X(int, send, (sd_bus*, sd_bus_message*, uint64_t*))                                    \
  X(void, close, (sd_bus*))                                                              \
  X(sd_bus*, unref, (sd_bus*))                                                           \
  X(int, message_new_method_call,                                                        \
    (sd_bus*, sd_bus_message**, const char*, const char*, const char*, const char*))     \
  X(int, message_new_method_return, (sd_bus_message*, sd_bus_message**))                 \
  X(int, message_new_method_error, (sd_bus_message*, sd_bus_message**, const BusError*)) \
  X(sd_bus_message*, message_unref, (sd_bus_message*))                                   \
  X(int, message_get_type, (sd_bus_message*, uint8_t*))                                  \
  X(int, message_get_expect_reply, (sd_bus_message*))                                    \
  X(int, message_get_reply_cookie, (sd_bus_message*, uint64_t*))                         \
  X(const char*, message_get_path, (sd_bus_message*))                                    \
  X(const char*, message_get_interface, (sd_bus_message*))                               \
  X(const char*, message_get_member, (sd_bus_message*))                                  \
  X(const char*, message_get_signature, (sd_bus_message*, int))                          \
  X(const BusError*, message_get_error, (sd_bus_message*))                               \
  X(int, message_peek_type, (sd_bus_message*, char*, const char**))                      \
  X(int, message_read_basic, (sd_bus_message*, char, void*))                             \
  X(int, message_read_array, (sd_bus_message*, char, const void**, size_t*))             \
  X(int, message_enter_container, (sd_bus_message*, char, const char*))                  \
  X(int, message_exit_container, (sd_bus_message*))                                      \
  X(int, message_append_basic, (sd_bus_message*, char, const void*))                     \
  X(int, message_append_array, (sd_bus_message*, char, const void*, size_t))             \
  X(int, message_open_container, (sd_bus_message*, char, const char*))                   \
  X(int, message_close_container, (sd_bus_message*))

/** sd-bus, loaded at run time: an addon that never speaks D-Bus does not ask for it. */
struct Library {
  /** sd_bus_new. */
  int (*create)(sd_bus**);
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_BUS_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const Library& load();
};

}  // namespace guesthead::dbus
