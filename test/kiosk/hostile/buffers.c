/** Memory that is not what the client says of it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "modes.h"
#include "wire.h"

enum { SIDE = 256, STRIDE = SIDE * 4, BYTES = SIDE * STRIDE };

static id buffer_of(id pool, int32_t width, int32_t height, int32_t stride)
{
	return wire_make("wl_buffer", pool, POOL_CREATE_BUFFER, "nuuuuu", 0, width, height, stride,
			 1);
}

static void huge(void)
{
	buffer_of(pool_of(memory(4096), 4096), INT_MAX, INT_MAX, INT_MAX);
}

static void negative(void)
{
	buffer_of(pool_of(memory(4096), 4096), -1, -1, -4);
}

static void no_bytes(void)
{
	pool_of(memory(4096), -1);
}

/** libwayland takes it, the painter does not. */
static void wide(void)
{
	const struct window window = window_open();
	const int32_t width = 20000;
	show_whole(window.surface, picture(width, 1));
}

/** libwayland counts a pixel as a byte there. */
static void short_rows(void)
{
	const struct window window = window_open();
	show(window.surface, buffer_of(pool_of(memory(BYTES), BYTES), SIDE, SIDE, SIDE));
	wire_hear_out();
}

/** The file ends after the pool was made; the picture is read at a flip. */
static void truncated(void)
{
	const struct window window = window_open();
	const int fd = memory(BYTES);
	const id buffer = buffer_of(pool_of(fd, BYTES), SIDE, SIDE, STRIDE);
	wire_sync();
	if (ftruncate(fd, 0) < 0)
		return;
	show(window.surface, buffer);
	wire_hear_out();
}

/** The file was never as long as the pool. */
static void lying(void)
{
	const struct window window = window_open();
	show(window.surface, buffer_of(pool_of(memory(4096), BYTES), SIDE, SIDE, STRIDE));
	wire_hear_out();
}

static void sealed(void)
{
	const int fd = memory(BYTES);
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0)
		pool_of(fd, BYTES);
}

static void shrinking(void)
{
	wire_send(pool_of(memory(BYTES), BYTES), POOL_RESIZE, "u", 4096);
}

static void no_file(void)
{
	int ends[2];
	if (pipe(ends) == 0)
		pool_of(ends[0], BYTES);
}

/** Its picture is on the screen, and its buffer has gone. */
static void destroys(void)
{
	const struct window window = window_open();
	id shown[2];
	for (int index = 0; index < 2; ++index)
		shown[index] = picture(heard.width, heard.height);
	for (int count = 0; count < 8; ++count) {
		show_whole(window.surface, shown[count % 2]);
	}
	for (int index = 0; index < 2; ++index)
		wire_send(shown[index], BUFFER_DESTROY, "");
	wire_sync();
	usleep(50000);
}

/** Is killed between two commits, with half a message sent. */
static void crashes(void)
{
	const struct window window = window_open();
	const id buffer = picture(heard.width, heard.height);
	show(window.surface, buffer);
	wire_send(window.surface, SURFACE_ATTACH, "uuu", buffer, 0, 0);
	const uint32_t head[2] = {window.surface, 24u << 16 | SURFACE_DAMAGE};
	wire_write(head, sizeof head, NULL, 0);
	kill(getpid(), SIGKILL);
}

const struct mode buffers[] = {
	{"huge", huge},
	{"negative", negative},
	{"no-bytes", no_bytes},
	{"wide", wide},
	{"short-rows", short_rows},
	{"truncated", truncated},
	{"lying", lying},
	{"sealed", sealed},
	{"shrinking", shrinking},
	{"no-file", no_file},
	{"destroys", destroys},
	{"crashes", crashes},
	{0},
};
