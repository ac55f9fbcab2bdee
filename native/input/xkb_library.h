#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

struct xkb_context;
struct xkb_keymap;
struct xkb_state;

/** As in xkbcommon.h; null or empty = the environment's XKB_DEFAULT_…, then the library's default.
 */
struct xkb_rule_names {
  const char* rules;
  const char* model;
  const char* layout;
  const char* variant;
  const char* options;
};

namespace guesthead::input {

using XkbLogFunction = void(xkb_context* context, int level, const char* format, va_list arguments);

/** Return type, name without "xkb_", parameters; all of them are in libxkbcommon 0.5. */
#define GUESTHEAD_XKB_FUNCTIONS(X)                                                  \
  X(xkb_context*, context_new, (int))                                               \
  X(void, context_unref, (xkb_context*))                                            \
  X(int, context_include_path_append_default, (xkb_context*))                       \
  X(void, context_set_user_data, (xkb_context*, void*))                             \
  X(void*, context_get_user_data, (xkb_context*))                                   \
  X(void, context_set_log_fn, (xkb_context*, XkbLogFunction*))                      \
  X(xkb_keymap*, keymap_new_from_names, (xkb_context*, const xkb_rule_names*, int)) \
  X(xkb_keymap*, keymap_new_from_string, (xkb_context*, const char*, int, int))     \
  X(char*, keymap_get_as_string, (xkb_keymap*, int))                                \
  X(int, keymap_key_repeats, (xkb_keymap*, uint32_t))                               \
  X(void, keymap_unref, (xkb_keymap*))                                              \
  X(xkb_state*, state_new, (xkb_keymap*))                                           \
  X(void, state_unref, (xkb_state*))                                                \
  X(int, state_update_key, (xkb_state*, uint32_t, int))                             \
  X(uint32_t, state_serialize_mods, (xkb_state*, int))                              \
  X(uint32_t, state_serialize_layout, (xkb_state*, int))                            \
  X(int, state_led_name_is_active, (xkb_state*, const char*))

/** libxkbcommon as loaded at run time: an addon without a keyboard does not ask for it. */
struct XkbLibrary {
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_XKB_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const XkbLibrary& load();
};

}  // namespace guesthead::input
