#pragma once

#include <sys/types.h>

#include <cstdarg>

#include "wayland/abi.h"

namespace guesthead::wayland {

using DispatcherFunction = int(const void* implementation, void* target, uint32_t opcode,
                               const wl_message* message, wl_argument* arguments);
using BindFunction = void(wl_client* client, void* data, uint32_t version, uint32_t id);
using FilterFunction = bool(const wl_client* client, const wl_global* global, void* data);
/** wl_protocol_logger_message */
struct LoggedMessage {
  wl_resource* resource;
  int opcode;
  const wl_message* message;
  int argumentsCount;
  const wl_argument* arguments;
};

/** direction: 0 a request, 1 an event */
using LoggerFunction = void(void* data, int direction, const LoggedMessage* message);
using FdFunction = int(int fd, uint32_t mask, void* data);
using LogFunction = void(const char* format, va_list arguments);

/** Return type, name without "wl_", parameters; all of them are in libwayland-server 1.20. */
#define GUESTHEAD_WAYLAND_FUNCTIONS(X)                                                          \
  X(wl_display*, display_create, (void))                                                        \
  X(void, display_destroy, (wl_display*))                                                       \
  X(void, display_destroy_clients, (wl_display*))                                               \
  X(void, display_flush_clients, (wl_display*))                                                 \
  X(int, display_init_shm, (wl_display*))                                                       \
  X(uint32_t, display_next_serial, (wl_display*))                                               \
  X(wl_event_loop*, display_get_event_loop, (wl_display*))                                      \
  X(void, display_add_client_created_listener, (wl_display*, wl_listener*))                     \
  X(void, display_set_global_filter, (wl_display*, FilterFunction*, void*))                     \
  X(wl_protocol_logger*, display_add_protocol_logger, (wl_display*, LoggerFunction*, void*))    \
  X(void, protocol_logger_destroy, (wl_protocol_logger*))                                       \
  X(int, event_loop_get_fd, (wl_event_loop*))                                                   \
  X(int, event_loop_dispatch, (wl_event_loop*, int))                                            \
  X(wl_event_source*, event_loop_add_fd, (wl_event_loop*, int, uint32_t, FdFunction*, void*))   \
  X(int, event_source_fd_update, (wl_event_source*, uint32_t))                                  \
  X(int, event_source_remove, (wl_event_source*))                                               \
  X(wl_client*, client_create, (wl_display*, int))                                              \
  X(void, client_destroy, (wl_client*))                                                         \
  X(void, client_get_credentials, (wl_client*, pid_t*, uid_t*, gid_t*))                         \
  X(int, client_get_fd, (wl_client*))                                                           \
  X(void, client_add_destroy_listener, (wl_client*, wl_listener*))                              \
  X(void, client_add_resource_created_listener, (wl_client*, wl_listener*))                     \
  X(wl_listener*, client_get_destroy_listener, (wl_client*, void (*)(wl_listener*, void*)))     \
  X(void, client_post_no_memory, (wl_client*))                                                  \
  X(void, client_post_implementation_error, (wl_client*, const char*, ...))                     \
  X(wl_global*, global_create, (wl_display*, const wl_interface*, int, void*, BindFunction*))   \
  X(void, global_remove, (wl_global*))                                                          \
  X(void, global_destroy, (wl_global*))                                                         \
  X(void*, global_get_user_data, (const wl_global*))                                            \
  X(const wl_interface*, global_get_interface, (const wl_global*))                              \
  X(wl_resource*, resource_create, (wl_client*, const wl_interface*, int, uint32_t))            \
  X(void, resource_set_dispatcher,                                                              \
    (wl_resource*, DispatcherFunction*, const void*, void*, void (*)(wl_resource*)))            \
  X(void, resource_destroy, (wl_resource*))                                                     \
  X(uint32_t, resource_get_id, (wl_resource*))                                                  \
  X(int, resource_get_version, (wl_resource*))                                                  \
  X(const char*, resource_get_class, (wl_resource*))                                            \
  X(wl_client*, resource_get_client, (wl_resource*))                                            \
  X(void, resource_add_destroy_listener, (wl_resource*, wl_listener*))                          \
  X(wl_listener*, resource_get_destroy_listener, (wl_resource*, void (*)(wl_listener*, void*))) \
  X(void, resource_post_error, (wl_resource*, uint32_t, const char*, ...))                      \
  X(void, resource_post_event_array, (wl_resource*, uint32_t, wl_argument*))                    \
  X(wl_shm_buffer*, shm_buffer_get, (wl_resource*))                                             \
  X(void, shm_buffer_begin_access, (wl_shm_buffer*))                                            \
  X(void, shm_buffer_end_access, (wl_shm_buffer*))                                              \
  X(void*, shm_buffer_get_data, (wl_shm_buffer*))                                               \
  X(int32_t, shm_buffer_get_stride, (wl_shm_buffer*))                                           \
  X(uint32_t, shm_buffer_get_format, (wl_shm_buffer*))                                          \
  X(int32_t, shm_buffer_get_width, (wl_shm_buffer*))                                            \
  X(int32_t, shm_buffer_get_height, (wl_shm_buffer*))                                           \
  X(void, log_set_handler_server, (LogFunction*))

/** libwayland-server as loaded at run time: an addon that serves nobody does not ask for it. */
struct Library {
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_WAYLAND_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE
  /** Since 1.22.90, else null: how much may wait for a client that does not read. */
  void (*display_set_default_max_buffer_size)(wl_display*, size_t);

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const Library& load();
};

}  // namespace guesthead::wayland
