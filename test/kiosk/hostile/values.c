/** Numbers, texts and objects that mean nothing. */
#include <limits.h>
#include <string.h>

#include "modes.h"
#include "wire.h"

static void transform(void)
{
	wire_send(surface_make(), SURFACE_SET_BUFFER_TRANSFORM, "u", 99);
}

static void scale(void)
{
	wire_send(surface_make(), SURFACE_SET_BUFFER_SCALE, "u", 0);
}

static void anchor(void)
{
	const id base = wire_bind("xdg_wm_base", 0);
	const id positioner = wire_make("xdg_positioner", base, WM_BASE_CREATE_POSITIONER, "n");
	wire_send(positioner, POSITIONER_SET_ANCHOR, "u", 99);
}

static void edge(void)
{
	wire_send(window_open().toplevel, TOPLEVEL_RESIZE, "uuu", wire_bind("wl_seat", 0), 0, 99);
}

static void geometry(void)
{
	wire_send(window_open().xdg, XDG_SURFACE_SET_WINDOW_GEOMETRY, "uuuu", 0, 0, -1, -1);
}

static void serial(void)
{
	wire_send(window_open().xdg, XDG_SURFACE_ACK_CONFIGURE, "u", 4711);
}

static void viewport(void)
{
	const id viewporter = wire_bind("wp_viewporter", 0);
	const id made =
		wire_make("wp_viewport", viewporter, VIEWPORTER_GET_VIEWPORT, "nu", surface_make());
	wire_send(made, VIEWPORT_SET_DESTINATION, "uu", -7, 0);
}

/** As small a part of a picture as can be said, as large as can be: it is shown, or not, and no
 * more. */
static void magnified(void)
{
	const struct window window = window_open();
	const id viewporter = wire_bind("wp_viewporter", 0);
	const id made =
		wire_make("wp_viewport", viewporter, VIEWPORTER_GET_VIEWPORT, "nu", window.surface);
	wire_send(made, VIEWPORT_SET_SOURCE, "uuuu", 1, 1, 1, 1);
	wire_send(made, VIEWPORT_SET_DESTINATION, "uu", INT_MAX, INT_MAX);
	show_whole(window.surface, picture(8, 8));
}

/** An object whose number was never given, and one that has gone. */
static void zombie(void)
{
	const id surface = surface_make();
	const id region = wire_make("wl_region", wire_bind("wl_compositor", 0),
				    COMPOSITOR_CREATE_REGION, "n");
	wire_send(region, 0, "");
	wire_send(surface, SURFACE_SET_INPUT_REGION, "u", region);
	wire_sync();
}

static void nobody(void)
{
	wire_send(4711, 0, "");
}

static void no_request(void)
{
	wire_send(surface_make(), 99, "");
}

static void wrong_kind(void)
{
	const id surface = surface_make();
	wire_send(surface, SURFACE_ATTACH, "uuu", surface, 0, 0);
}

static void null_object(void)
{
	wire_make("xdg_surface", wire_bind("xdg_wm_base", 0), WM_BASE_GET_XDG_SURFACE, "nu", 0);
}

/** A number of a global that is not offered to it. */
static void hidden_global(void)
{
	wire_make("wl_surface", 2, REGISTRY_BIND, "usun", 99999, "zwp_input_method_v1", 1);
}

/** Newer than what was offered. */
static void version(void)
{
	wire_bind("wl_compositor", 99);
}

/** Nearly as long as a message may be, and no UTF-8. */
static void title(void)
{
	const struct window window = window_open();
	char text[4000];
	memset(text, 0xc3, sizeof text - 1);
	text[sizeof text - 1] = 0;
	wire_send(window.toplevel, TOPLEVEL_SET_TITLE, "s", text);
}

static void stale_cursor(void)
{
	const id pointer = wire_make("wl_pointer", wire_bind("wl_seat", 0), SEAT_GET_POINTER, "n");
	wire_send(pointer, POINTER_SET_CURSOR, "uuuu", 4711, surface_make(), 0, 0);
}

/** Its window has the pointer, by the test's doing. */
static void large_cursor(void)
{
	const struct window window = window_open();
	const id pointer = wire_make("wl_pointer", wire_bind("wl_seat", 0), SEAT_GET_POINTER, "n");
	show(window.surface, picture(heard.width, heard.height));
	heard.serial = 0;
	while (heard.serial == 0 && wire_sync())
		;
	const id cursor = surface_make();
	wire_send(pointer, POINTER_SET_CURSOR, "uuuu", heard.serial, cursor, INT_MAX, INT_MIN);
	show(cursor, picture(4096, 4096));
}

const struct mode values[] = {
	{"transform", transform},
	{"scale", scale},
	{"anchor", anchor},
	{"edge", edge},
	{"geometry", geometry},
	{"serial", serial},
	{"viewport", viewport},
	{"magnified", magnified},
	{"zombie", zombie},
	{"nobody", nobody},
	{"no-request", no_request},
	{"wrong-kind", wrong_kind},
	{"null-object", null_object},
	{"hidden-global", hidden_global},
	{"version", version},
	{"title", title},
	{"stale-cursor", stale_cursor},
	{"large-cursor", large_cursor},
	{0},
};
