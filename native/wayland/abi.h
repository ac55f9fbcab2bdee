#pragma once

#include <cstddef>
#include <cstdint>

/**
 * What of libwayland-server's interface is stable and needed here, declared as its own headers
 * (wayland-util.h) have it, so that the addon builds without them.
 */
extern "C" {

struct wl_client;
struct wl_display;
struct wl_event_loop;
struct wl_event_source;
struct wl_global;
struct wl_object;
struct wl_resource;
struct wl_protocol_logger;
struct wl_shm_buffer;
struct wl_interface;

struct wl_message {
  const char* name;
  const char* signature;
  const wl_interface** types;
};

struct wl_interface {
  const char* name;
  int version;
  int method_count;
  const wl_message* methods;
  int event_count;
  const wl_message* events;
};

struct wl_list {
  wl_list* prev;
  wl_list* next;
};

struct wl_array {
  size_t size;
  size_t alloc;
  void* data;
};

struct wl_listener {
  wl_list link;
  void (*notify)(wl_listener* listener, void* data);
};

union wl_argument {
  int32_t i;
  uint32_t u;
  int32_t f;
  const char* s;
  wl_object* o;
  uint32_t n;
  wl_array* a;
  int32_t h;
};
}
