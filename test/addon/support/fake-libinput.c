/*
 * libinput without devices, in the place of libinput.so.10. FAKE_INPUT names a FIFO, whose lines
 * are events: TYPE DEVICE TIME A B C D E of which a key or button has code, state and the seat's
 * count; a motion dx, dy and both unaccelerated; an absolute one x, y; a scroll a mask of its axes
 * (1 vertical, 2 horizontal), horizontal value and v120, vertical ones; a touch slot, x, y; and 1
 * alone (type 1) is a line of the log, at the priority TIME. A device is added by a path:
 * `fake:NAME`; `open:PATH` opens it as libinput does, and keeps it open; anything else is refused.
 * What is alive stands in FAKE_INPUT.open: contexts, devices, events, opened files.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kLog = 1, kRemoved = 2, kKey = 300 };

struct libinput_interface {
  int (*open_restricted)(const char*, int, void*);
  void (*close_restricted)(int, void*);
};

struct libinput;
typedef void (*Log)(struct libinput*, int, const char*, va_list);

struct device {
  struct libinput* context;
  int references, fd, number, leds, held;
  char name[64];
  void* data;
};

struct event {
  int type;
  struct device* device;
  double values[6];
  struct event* next;
};

struct libinput {
  const struct libinput_interface* interface;
  void* data;
  int fd;
  Log log;
  struct event *first, **last;
  struct device* devices[64];
  int count;
  char text[8192];
  size_t length;
};

static int alive[4];

static void count(int what, int by) {
  char path[512];
  alive[what] += by;
  snprintf(path, sizeof path, "%s.open", getenv("FAKE_INPUT"));
  FILE* file = fopen(path, "w");
  fprintf(file, "%d %d %d %d", alive[0], alive[1], alive[2], alive[3]);
  fclose(file);
}

static void say(struct libinput* context, int priority, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (context->log != NULL) context->log(context, priority, format, arguments);
  va_end(arguments);
}

static struct event* queue(struct libinput* context, int type, struct device* device) {
  struct event* event = calloc(1, sizeof *event);
  event->type = type;
  event->device = device;
  *context->last = event;
  context->last = &event->next;
  count(2, 1);
  return event;
}

struct libinput* libinput_path_create_context(const struct libinput_interface* interface,
                                              void* data) {
  struct libinput* context = calloc(1, sizeof *context);
  context->interface = interface;
  context->data = data;
  context->last = &context->first;
  context->fd = open(getenv("FAKE_INPUT"), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  count(0, 1);
  return context;
}

static void unref(struct device* device) {
  if (--device->references > 0) return;
  free(device);
  count(1, -1);
}

static void shut(struct device* device) {
  if (device->fd < 0) return;
  device->context->interface->close_restricted(device->fd, device->context->data);
  device->fd = -1;
  count(3, -1);
}

struct event* libinput_get_event(struct libinput* context) {
  struct event* event = context->first;
  if (event == NULL) return NULL;
  context->first = event->next;
  if (context->first == NULL) context->last = &context->first;
  return event;
}

void libinput_event_destroy(struct event* event) {
  if (event->type == kRemoved) unref(event->device);
  free(event);
  count(2, -1);
}

struct libinput* libinput_unref(struct libinput* context) {
  struct event* event;
  while ((event = libinput_get_event(context)) != NULL) libinput_event_destroy(event);
  for (int index = 0; index < context->count; ++index) {
    if (context->devices[index] == NULL) continue;
    shut(context->devices[index]);
    unref(context->devices[index]);
  }
  close(context->fd);
  free(context);
  count(0, -1);
  return NULL;
}

struct device* libinput_path_add_device(struct libinput* context, const char* path) {
  int fd = -1;
  if (strncmp(path, "open:", 5) == 0) {
    fd = context->interface->open_restricted(path + 5, O_RDWR | O_NONBLOCK | O_CLOEXEC,
                                             context->data);
    if (fd < 0) {
      say(context, 30, "opening input device '%s' failed (%s).\n", path + 5, strerror(-fd));
      return NULL;
    }
    count(3, 1);
  } else if (strncmp(path, "fake:", 5) != 0) {
    say(context, 20, "%s: not tagged as supported input device\n", path);
    return NULL;
  }
  struct device* device = calloc(1, sizeof *device);
  *device = (struct device){context, 1, fd, context->count, 0, 0, "", NULL};
  snprintf(device->name, sizeof device->name, "%s", path + 5);
  context->devices[context->count++] = device;
  say(context, 20, "%s: is tagged by udev as: Mouse\n", path);
  count(1, 1);
  return device;
}

/* A key that it holds is released first; the last event keeps it alive. */
void libinput_path_remove_device(struct device* device) {
  struct libinput* context = device->context;
  shut(device);
  context->devices[device->number] = NULL;
  if (device->held != 0) {
    struct event* release = queue(context, kKey, device);
    release->values[1] = device->held;
  }
  queue(context, kRemoved, device);
}

static void interpret(struct libinput* context, const char* line) {
  int type = 0, number = 0;
  double v[6] = {0};
  sscanf(line, "%d %d %lf %lf %lf %lf %lf %lf", &type, &number, v, v + 1, v + 2, v + 3, v + 4,
         v + 5);
  if (type == kLog) {
    say(context, (int)v[0], "%s\n", "a line of the log");
    return;
  }
  struct device* device = number < context->count ? context->devices[number] : NULL;
  if (device == NULL) return;
  if (type == kKey) device->held = v[2] != 0 ? (int)v[1] : 0;
  memcpy(queue(context, type, device)->values, v, sizeof v);
}

int libinput_dispatch(struct libinput* context) {
  ssize_t read_ = read(context->fd, context->text + context->length,
                       sizeof context->text - context->length - 1);
  if (read_ > 0) context->length += (size_t)read_;
  context->text[context->length] = '\0';
  char *line = context->text, *end;
  while ((end = strchr(line, '\n')) != NULL) {
    *end = '\0';
    interpret(context, line);
    line = end + 1;
  }
  context->length = strlen(line);
  memmove(context->text, line, context->length + 1);
  return 0;
}

void* libinput_get_user_data(struct libinput* context) {
  return context->data;
}
int libinput_get_fd(struct libinput* context) {
  return context->fd;
}
void libinput_log_set_priority(struct libinput* context, int priority) {}
void libinput_log_set_handler(struct libinput* context, Log log) {
  context->log = log;
}
int libinput_event_get_type(struct event* event) {
  return event->type;
}
struct device* libinput_event_get_device(struct event* event) {
  return event->device;
}
struct event* libinput_event_get_keyboard_event(struct event* event) {
  return event;
}
struct event* libinput_event_get_pointer_event(struct event* event) {
  return event;
}
struct event* libinput_event_get_touch_event(struct event* event) {
  return event;
}
struct device* libinput_device_ref(struct device* device) {
  return ++device->references, device;
}
struct device* libinput_device_unref(struct device* device) {
  return unref(device), NULL;
}
void libinput_device_set_user_data(struct device* device, void* data) {
  device->data = data;
}
void* libinput_device_get_user_data(struct device* device) {
  return device->data;
}
const char* libinput_device_get_name(struct device* device) {
  return device->name;
}
unsigned libinput_device_get_id_vendor(struct device* device) {
  return 0x627;
}
unsigned libinput_device_get_id_product(struct device* device) {
  return 3;
}
int libinput_device_has_capability(struct device* device, int capability) {
  return capability == 1;
}
void libinput_device_led_update(struct device* device, int leds) {
  say(device->context, 40, "%s: leds %d\n", device->name, leds);
}

#define TIME(kind)                                                      \
  uint64_t libinput_event_##kind##_get_time_usec(struct event* event) { \
    return (uint64_t)event->values[0];                                  \
  }
TIME(keyboard)
TIME(pointer)
TIME(touch)

#define VALUE(type, name, index)                    \
  type libinput_event_##name(struct event* event) { \
    return (type)event->values[index];              \
  }
VALUE(uint32_t, keyboard_get_key, 1)
VALUE(int, keyboard_get_key_state, 2)
VALUE(uint32_t, keyboard_get_seat_key_count, 3)
VALUE(uint32_t, pointer_get_button, 1)
VALUE(int, pointer_get_button_state, 2)
VALUE(uint32_t, pointer_get_seat_button_count, 3)
VALUE(double, pointer_get_dx, 1)
VALUE(double, pointer_get_dy, 2)
VALUE(double, pointer_get_dx_unaccelerated, 3)
VALUE(double, pointer_get_dy_unaccelerated, 4)
VALUE(int32_t, touch_get_seat_slot, 1)

#define PLACE(name, index)                                                         \
  double libinput_event_##name##_transformed(struct event* event, uint32_t size) { \
    return event->values[index] * size;                                            \
  }
PLACE(pointer_get_absolute_x, 1)
PLACE(pointer_get_absolute_y, 2)
PLACE(touch_get_x, 2)
PLACE(touch_get_y, 3)

int libinput_event_pointer_has_axis(struct event* event, int axis) {
  return ((int)event->values[1] & (axis == 0 ? 1 : 2)) != 0;
}
double libinput_event_pointer_get_scroll_value(struct event* event, int axis) {
  return event->values[axis == 0 ? 4 : 2];
}
double libinput_event_pointer_get_scroll_value_v120(struct event* event, int axis) {
  return event->values[axis == 0 ? 5 : 3];
}
