#pragma once

#include <cstdarg>
#include <cstdint>

struct libinput;
struct libinput_device;
struct libinput_event;
struct libinput_event_keyboard;
struct libinput_event_pointer;
struct libinput_event_touch;

/** As in libinput.h. */
struct libinput_interface {
  int (*open_restricted)(const char* path, int flags, void* userData);
  void (*close_restricted)(int fd, void* userData);
};

namespace guesthead::input {

using LogFunction = void(libinput* context, int priority, const char* format, va_list arguments);

/** Return type, name without "libinput_", parameters; all of them are in libinput 1.19. */
#define GUESTHEAD_INPUT_FUNCTIONS(X)                                                       \
  X(libinput*, path_create_context, (const libinput_interface*, void*))                    \
  X(libinput_device*, path_add_device, (libinput*, const char*))                           \
  X(void, path_remove_device, (libinput_device*))                                          \
  X(libinput*, unref, (libinput*))                                                         \
  X(void*, get_user_data, (libinput*))                                                     \
  X(int, get_fd, (libinput*))                                                              \
  X(int, dispatch, (libinput*))                                                            \
  X(libinput_event*, get_event, (libinput*))                                               \
  X(void, log_set_priority, (libinput*, int))                                              \
  X(void, log_set_handler, (libinput*, LogFunction*))                                      \
  X(int, event_get_type, (libinput_event*))                                                \
  X(libinput_device*, event_get_device, (libinput_event*))                                 \
  X(void, event_destroy, (libinput_event*))                                                \
  X(libinput_event_keyboard*, event_get_keyboard_event, (libinput_event*))                 \
  X(libinput_event_pointer*, event_get_pointer_event, (libinput_event*))                   \
  X(libinput_event_touch*, event_get_touch_event, (libinput_event*))                       \
  X(libinput_device*, device_ref, (libinput_device*))                                      \
  X(libinput_device*, device_unref, (libinput_device*))                                    \
  X(void, device_set_user_data, (libinput_device*, void*))                                 \
  X(void*, device_get_user_data, (libinput_device*))                                       \
  X(const char*, device_get_name, (libinput_device*))                                      \
  X(unsigned, device_get_id_vendor, (libinput_device*))                                    \
  X(unsigned, device_get_id_product, (libinput_device*))                                   \
  X(int, device_has_capability, (libinput_device*, int))                                   \
  X(void, device_led_update, (libinput_device*, int))                                      \
  X(uint64_t, event_keyboard_get_time_usec, (libinput_event_keyboard*))                    \
  X(uint32_t, event_keyboard_get_key, (libinput_event_keyboard*))                          \
  X(int, event_keyboard_get_key_state, (libinput_event_keyboard*))                         \
  X(uint32_t, event_keyboard_get_seat_key_count, (libinput_event_keyboard*))               \
  X(uint64_t, event_pointer_get_time_usec, (libinput_event_pointer*))                      \
  X(double, event_pointer_get_dx, (libinput_event_pointer*))                               \
  X(double, event_pointer_get_dy, (libinput_event_pointer*))                               \
  X(double, event_pointer_get_dx_unaccelerated, (libinput_event_pointer*))                 \
  X(double, event_pointer_get_dy_unaccelerated, (libinput_event_pointer*))                 \
  X(double, event_pointer_get_absolute_x_transformed, (libinput_event_pointer*, uint32_t)) \
  X(double, event_pointer_get_absolute_y_transformed, (libinput_event_pointer*, uint32_t)) \
  X(uint32_t, event_pointer_get_button, (libinput_event_pointer*))                         \
  X(int, event_pointer_get_button_state, (libinput_event_pointer*))                        \
  X(uint32_t, event_pointer_get_seat_button_count, (libinput_event_pointer*))              \
  X(int, event_pointer_has_axis, (libinput_event_pointer*, int))                           \
  X(double, event_pointer_get_scroll_value, (libinput_event_pointer*, int))                \
  X(double, event_pointer_get_scroll_value_v120, (libinput_event_pointer*, int))           \
  X(uint64_t, event_touch_get_time_usec, (libinput_event_touch*))                          \
  X(int32_t, event_touch_get_seat_slot, (libinput_event_touch*))                           \
  X(double, event_touch_get_x_transformed, (libinput_event_touch*, uint32_t))              \
  X(double, event_touch_get_y_transformed, (libinput_event_touch*, uint32_t))

/** libinput as loaded at run time: an addon that hears no device does not ask for it. */
struct Library {
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_INPUT_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const Library& load();
};

}  // namespace guesthead::input
