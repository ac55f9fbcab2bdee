/** A Wayland client without libwayland, which would refuse to write what these clients write. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** An object's number; 0 is none. */
typedef uint32_t id;

/** Numbers of requests, as the protocols' XML has them. */
enum {
	DISPLAY_SYNC = 0,
	DISPLAY_GET_REGISTRY = 1,
	REGISTRY_BIND = 0,
	COMPOSITOR_CREATE_SURFACE = 0,
	COMPOSITOR_CREATE_REGION = 1,
	REGION_ADD = 1,
	SHM_CREATE_POOL = 0,
	POOL_CREATE_BUFFER = 0,
	POOL_DESTROY = 1,
	POOL_RESIZE = 2,
	BUFFER_DESTROY = 0,
	SURFACE_DESTROY = 0,
	SURFACE_ATTACH = 1,
	SURFACE_DAMAGE = 2,
	SURFACE_FRAME = 3,
	SURFACE_SET_INPUT_REGION = 5,
	SURFACE_COMMIT = 6,
	SURFACE_SET_BUFFER_TRANSFORM = 7,
	SURFACE_SET_BUFFER_SCALE = 8,
	SUBCOMPOSITOR_GET_SUBSURFACE = 1,
	SUBSURFACE_PLACE_ABOVE = 2,
	WM_BASE_CREATE_POSITIONER = 1,
	WM_BASE_GET_XDG_SURFACE = 2,
	WM_BASE_PONG = 3,
	POSITIONER_SET_SIZE = 1,
	POSITIONER_SET_ANCHOR_RECT = 2,
	POSITIONER_SET_ANCHOR = 3,
	XDG_SURFACE_DESTROY = 0,
	XDG_SURFACE_GET_TOPLEVEL = 1,
	XDG_SURFACE_GET_POPUP = 2,
	XDG_SURFACE_SET_WINDOW_GEOMETRY = 3,
	XDG_SURFACE_ACK_CONFIGURE = 4,
	TOPLEVEL_SET_PARENT = 1,
	TOPLEVEL_SET_TITLE = 2,
	TOPLEVEL_RESIZE = 6,
	SEAT_GET_POINTER = 0,
	POINTER_SET_CURSOR = 0,
	VIEWPORTER_GET_VIEWPORT = 1,
	VIEWPORT_SET_SOURCE = 1,
	VIEWPORT_SET_DESTINATION = 2,
};

enum { DISPLAY = 1 };

/** What the server has said last. */
struct heard {
	uint32_t serial;
	int32_t width, height;
};
extern struct heard heard;

/** Told of each event, if it is set; `words` are its values as they came. */
extern void (*wire_heard)(const char *interface, id object, int opcode, const uint32_t *words);

/** Ends the process where nobody listens there. */
void wire_connect(const char *path);

/** Of an interface that was offered; version 0: the newest. */
id wire_bind(const char *interface, uint32_t version);

/** Values by letter: `u` a word, `s` a text, `h` a descriptor, `n` the number of the new object,
 * which it returns. */
id wire_make(const char *interface, id object, int opcode, const char *values, ...);
void wire_send(id object, int opcode, const char *values, ...);

/** Bytes that need not be messages, with descriptors. Waits until the server has room. False once
 * it has hung up. */
int wire_write(const void *bytes, size_t size, const int *fds, int count);

/** From now on requests wait, and are written at once when the server is listened to, as
 * libwayland's clients do it. */
void wire_collect(void);

/** Hears all that the server has said, answers its pings. False once it has hung up. */
int wire_sync(void);

/** Hears until something has come. False once the server has hung up. */
int wire_wait(void);

/** Hears until the server hangs up. */
void wire_hear_out(void);

/** A window whose size was told, and agreed to. */
struct window {
	id surface, xdg, toplevel;
};
struct window window_open(void);
/** Of `interface`'s object, a surface, and nothing said of it. */
id surface_make(void);

/** A file of so many bytes. */
int memory(size_t bytes);
id pool_of(int fd, int32_t bytes);
/** Each byte of it is 1. */
id picture(int32_t width, int32_t height);
void show(id surface, id buffer);
/** And waits until it came to the screen. */
void show_whole(id surface, id buffer);
