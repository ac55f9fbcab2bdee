/** Surfaces that are to be what they cannot. */
#include <stddef.h>

#include "modes.h"
#include "wire.h"

static id xdg_on(id base, id surface)
{
	return wire_make("xdg_surface", base, WM_BASE_GET_XDG_SURFACE, "nu", surface);
}

static void second_role(void)
{
	const struct window window = window_open();
	xdg_on(wire_bind("xdg_wm_base", 0), window.surface);
}

static void window_twice(void)
{
	wire_make("xdg_toplevel", window_open().xdg, XDG_SURFACE_GET_TOPLEVEL, "n");
}

static void picture_first(void)
{
	const id surface = surface_make();
	const id xdg = xdg_on(wire_bind("xdg_wm_base", 0), surface);
	wire_make("xdg_toplevel", xdg, XDG_SURFACE_GET_TOPLEVEL, "n");
	show(surface, picture(8, 8));
}

static void no_role(void)
{
	const id surface = surface_make();
	const id xdg = xdg_on(wire_bind("xdg_wm_base", 0), surface);
	wire_send(xdg, XDG_SURFACE_ACK_CONFIGURE, "u", 1);
}

static void surface_first(void)
{
	wire_send(window_open().surface, SURFACE_DESTROY, "");
}

/** Before version 6 a surface may go before what it is. */
static void old_surface_first(void)
{
	const id compositor = wire_bind("wl_compositor", 5);
	const id surface = wire_make("wl_surface", compositor, COMPOSITOR_CREATE_SURFACE, "n");
	const id xdg = xdg_on(wire_bind("xdg_wm_base", 5), surface);
	const id window = wire_make("xdg_toplevel", xdg, XDG_SURFACE_GET_TOPLEVEL, "n");
	wire_send(surface, SURFACE_COMMIT, "");
	wire_sync();
	wire_send(xdg, XDG_SURFACE_ACK_CONFIGURE, "u", heard.serial);
	show(surface, picture(8, 8));
	wire_sync();
	wire_send(surface, SURFACE_DESTROY, "");
	wire_send(window, TOPLEVEL_SET_TITLE, "s", "a window of nothing");
	wire_send(xdg, XDG_SURFACE_SET_WINDOW_GEOMETRY, "uuuu", 0, 0, 8, 8);
}

static void window_first(void)
{
	wire_send(window_open().xdg, XDG_SURFACE_DESTROY, "");
}

static void popup(int complete)
{
	const id base = wire_bind("xdg_wm_base", 0);
	const id positioner = wire_make("xdg_positioner", base, WM_BASE_CREATE_POSITIONER, "n");
	if (complete) {
		wire_send(positioner, POSITIONER_SET_SIZE, "uu", 10, 10);
		wire_send(positioner, POSITIONER_SET_ANCHOR_RECT, "uuuu", 0, 0, 1, 1);
	}
	const id parent = complete ? 0 : window_open().xdg;
	const id surface = surface_make();
	const id xdg = xdg_on(base, surface);
	wire_make("xdg_popup", xdg, XDG_SURFACE_GET_POPUP, "nuu", parent, positioner);
	wire_send(surface, SURFACE_COMMIT, "");
}

static void half_positioner(void)
{
	popup(0);
}

/** Found by the flood of messages: it stood on itself. */
static void own_popup(void)
{
	const struct window window = window_open();
	const id base = wire_bind("xdg_wm_base", 0);
	const id positioner = wire_make("xdg_positioner", base, WM_BASE_CREATE_POSITIONER, "n");
	wire_send(positioner, POSITIONER_SET_SIZE, "uu", 10, 10);
	wire_send(positioner, POSITIONER_SET_ANCHOR_RECT, "uuuu", 0, 0, 1, 1);
	wire_make("xdg_popup", window.xdg, XDG_SURFACE_GET_POPUP, "nuu", window.xdg, positioner);
}

static void orphan_popup(void)
{
	popup(1);
}

static id subsurface(id surface, id parent)
{
	static id subcompositor;
	if (subcompositor == 0)
		subcompositor = wire_bind("wl_subcompositor", 0);
	return wire_make("wl_subsurface", subcompositor, SUBCOMPOSITOR_GET_SUBSURFACE, "nuu",
			 surface, parent);
}

static void subsurface_cycle(void)
{
	const id first = surface_make(), second = surface_make(), third = surface_make();
	subsurface(second, first);
	subsurface(third, second);
	subsurface(first, third);
}

static void own_parent(void)
{
	const id surface = surface_make();
	subsurface(surface, surface);
}

static void stranger_sibling(void)
{
	const id made = subsurface(surface_make(), surface_make());
	wire_send(made, SUBSURFACE_PLACE_ABOVE, "u", surface_make());
}

static id shown_window(void)
{
	const struct window window = window_open();
	show(window.surface, picture(8, 8));
	return window.toplevel;
}

static void parent_cycle(void)
{
	const id first = shown_window(), second = shown_window();
	wire_send(first, TOPLEVEL_SET_PARENT, "u", second);
	wire_send(second, TOPLEVEL_SET_PARENT, "u", first);
}

/** As deep as its objects allow: what goes through such a tree must not use up the stack. */
static void deep(void)
{
	const struct window window = window_open();
	const id buffer = picture(8, 8);
	id below = window.surface;
	for (int depth = 0; depth < 1800; ++depth) {
		const id surface = surface_make();
		subsurface(surface, below);
		wire_send(surface, SURFACE_ATTACH, "uuu", buffer, 0, 0);
		wire_send(surface, SURFACE_COMMIT, "");
		below = surface;
	}
	show(window.surface, buffer);
	show_whole(window.surface, buffer);
}

const struct mode roles[] = {
	{"second-role", second_role},
	{"window-twice", window_twice},
	{"picture-first", picture_first},
	{"no-role", no_role},
	{"surface-first", surface_first},
	{"old-surface-first", old_surface_first},
	{"window-first", window_first},
	{"half-positioner", half_positioner},
	{"orphan-popup", orphan_popup},
	{"own-popup", own_popup},
	{"subsurface-cycle", subsurface_cycle},
	{"own-parent", own_parent},
	{"stranger-sibling", stranger_sibling},
	{"parent-cycle", parent_cycle},
	{"deep", deep},
	{0},
};
