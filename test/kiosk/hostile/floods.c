/** Too much of something. */
#include <stdio.h>
#include <string.h>

#include "modes.h"
#include "wire.h"

/** More than any quota. */
enum { MANY = 100000 };

static void surfaces(void)
{
	for (int count = 0; count < MANY; ++count)
		surface_make();
}

/** Objects of which only libwayland knows. */
static void registries(void)
{
	for (int count = 0; count < MANY; ++count) {
		wire_make("wl_registry", DISPLAY, DISPLAY_GET_REGISTRY, "n");
		if (count % 16 == 0 && !wire_sync())
			break;
	}
}

static void many_buffers(void)
{
	const id pool = pool_of(memory(4096), 4096);
	for (int count = 0; count < MANY; ++count)
		wire_make("wl_buffer", pool, POOL_CREATE_BUFFER, "nuuuuu", 0, 32, 32, 128, 1);
}

/** Each is kept mapped by a buffer. */
static void pools(void)
{
	const int fd = memory(4096);
	for (int count = 0; count < 2000; ++count) {
		const id pool = pool_of(fd, 4096);
		wire_make("wl_buffer", pool, POOL_CREATE_BUFFER, "nuuuuu", 0, 32, 32, 128, 1);
		wire_send(pool, POOL_DESTROY, "");
	}
}

static void callbacks(void)
{
	const id surface = surface_make();
	for (int count = 0; count < MANY; ++count)
		wire_make("wl_callback", surface, SURFACE_FRAME, "n");
}

static void region(void)
{
	const id compositor = wire_bind("wl_compositor", 0);
	const id made = wire_make("wl_region", compositor, COMPOSITOR_CREATE_REGION, "n");
	for (int count = 0; count < MANY; ++count)
		wire_send(made, REGION_ADD, "uuuu", count, count, 1, 1);
}

/** A surface's damage is bounded however much is said. */
static void damage(void)
{
	const id surface = surface_make();
	for (int count = 0; count < MANY; ++count)
		wire_send(surface, SURFACE_DAMAGE, "uuuu", 2 * count, 0, 1, 1);
}

/** Descriptors that no message takes, 28 with each byte of one that never ends. */
static void descriptors(void)
{
	int fds[28];
	for (int index = 0; index < 28; ++index)
		fds[index] = memory(0);
	const uint32_t head[2] = {DISPLAY, 0xfffcu << 16};
	wire_write(head, sizeof head, NULL, 0);
	while (wire_write("", 1, fds, 28))
		;
}

/** A message longer than what libwayland reads at once, byte by byte. */
static void trickle(void)
{
	const uint32_t head[2] = {DISPLAY, 0xfffcu << 16};
	for (size_t at = 0; at < sizeof head; ++at)
		wire_write((const char *)head + at, 1, NULL, 0);
	for (int count = 0; count < 0xfffc && wire_write("", 1, NULL, 0); ++count)
		;
	wire_hear_out();
}

/** Asks, and never hears what is answered. */
static void syncs(void)
{
	// The number is free again after each.
	const id callback = wire_make("wl_callback", DISPLAY, DISPLAY_SYNC, "n");
	const uint32_t words[] = {DISPLAY, 12u << 16 | DISPLAY_SYNC, callback};
	while (wire_write(words, sizeof words, NULL, 0))
		;
}

/** As fast as it can, for ever. */
static void requests(void)
{
	const id surface = surface_make();
	uint32_t words[6 * 170];
	for (int index = 0; index < 170; ++index) {
		const uint32_t one[] = {surface, 24u << 16 | SURFACE_DAMAGE, 0, 0, 1, 1};
		memcpy(words + 6 * index, one, sizeof one);
	}
	while (wire_write(words, sizeof words, NULL, 0))
		;
}

/** Says so, and does nothing until its standard input ends. */
static void wait_for_test(const char *said)
{
	puts(said);
	while (getchar() != EOF)
		;
}

/** A window that neither reads nor writes any more, until its standard input ends. */
static void sleeps(void)
{
	const struct window window = window_open();
	const id seat = wire_bind("wl_seat", 0);
	wire_make("wl_pointer", seat, SEAT_GET_POINTER, "n");
	show(window.surface, picture(heard.width, heard.height));
	wire_sync();
	wait_for_test("sleeps");
}

/** A window whose size is never agreed to. */
static void never_acks(void)
{
	const id base = wire_bind("xdg_wm_base", 0);
	const id surface = surface_make();
	const id xdg = wire_make("xdg_surface", base, WM_BASE_GET_XDG_SURFACE, "nu", surface);
	wire_make("xdg_toplevel", xdg, XDG_SURFACE_GET_TOPLEVEL, "n");
	wire_send(surface, SURFACE_COMMIT, "");
	wire_sync();
	show(surface, picture(64, 64));
	wire_sync();
	wait_for_test("shown");
}

const struct mode floods[] = {
	{"surfaces", surfaces},	    {"registries", registries},
	{"buffers", many_buffers},  {"pools", pools},
	{"callbacks", callbacks},   {"region", region},
	{"damage", damage},	    {"descriptors", descriptors},
	{"trickle", trickle},	    {"syncs", syncs},
	{"requests", requests},	    {"sleeps", sleeps},
	{"never-acks", never_acks}, {0},
};
