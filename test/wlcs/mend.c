/*
 * Preloaded into WLCS's runner, because clients of its own break xdg-shell up to 1.7: those of its
 * popup and toplevel tests attach a picture to a window that was never committed, and so do those
 * that hide a window and show it again. A compositor must refuse both ("unconfigured_buffer"). They
 * are given the commit that is missing, and nothing else; upstream did the same for its other
 * clients (canonical/wlcs#324).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wayland-client-core.h>

/* Opcodes, in the order of the protocol's requests. */
enum { SURFACE_ATTACH = 1, SURFACE_COMMIT = 6, BASE_GET_XDG_SURFACE = 2, XDG_GET_TOPLEVEL = 1 };

#define MAX_WINDOWS 64

/* The oldest gives way: no test has as many. */
static struct window {
	struct wl_proxy *surface;
	struct wl_proxy *xdg;
	int is_toplevel;
	int is_told; /* it was committed without a picture, and so told its size */
	int is_shown;
	int will_change; /* a picture, or none, was attached since the last commit */
	int will_show;
} windows[MAX_WINDOWS];
static unsigned newest;

typedef struct wl_proxy *marshal_fn(struct wl_proxy *, uint32_t, const struct wl_interface *,
				    uint32_t, uint32_t, union wl_argument *);

static marshal_fn *original(void)
{
	static marshal_fn *found;

	if (!found)
		found = (marshal_fn *)dlsym(RTLD_NEXT, "wl_proxy_marshal_array_flags");
	if (!found) {
		fprintf(stderr, "libwayland-client has no wl_proxy_marshal_array_flags\n");
		abort();
	}
	return found;
}

static struct window *window_of(const struct wl_proxy *object)
{
	for (int i = 0; i < MAX_WINDOWS; i++)
		if (windows[i].surface == object || windows[i].xdg == object)
			return &windows[i];
	return NULL;
}

/* An address may have been an older object's. */
static void add(struct wl_proxy *surface, struct wl_proxy *xdg)
{
	for (struct window *old; (old = window_of(surface)) || (old = window_of(xdg));)
		memset(old, 0, sizeof(*old));
	windows[newest++ % MAX_WINDOWS] = (struct window){.surface = surface, .xdg = xdg};
}

static void committed(struct window *window)
{
	int hides = window->will_change && !window->will_show && window->is_shown;

	window->is_told = !hides;
	if (window->will_change)
		window->is_shown = window->will_show;
	window->will_change = 0;
}

static void before(struct wl_proxy *proxy, uint32_t opcode, const union wl_argument *arguments)
{
	const char *class = wl_proxy_get_class(proxy);
	struct window *window = window_of(proxy);

	if (!window)
		return;
	if (strcmp(class, "xdg_surface") == 0 && opcode == XDG_GET_TOPLEVEL)
		window->is_toplevel = 1;
	if (strcmp(class, "wl_surface") != 0)
		return;
	if (opcode == SURFACE_COMMIT)
		committed(window);
	if (opcode != SURFACE_ATTACH)
		return;
	window->will_change = 1;
	window->will_show = arguments[0].o != NULL;
	if (window->will_show && window->is_toplevel && !window->is_told) {
		original()(proxy, SURFACE_COMMIT, NULL, wl_proxy_get_version(proxy), 0, NULL);
		window->is_told = 1;
	}
}

struct wl_proxy *wl_proxy_marshal_array_flags(struct wl_proxy *proxy, uint32_t opcode,
					      const struct wl_interface *interface,
					      uint32_t version, uint32_t flags,
					      union wl_argument *arguments)
{
	before(proxy, opcode, arguments);
	struct wl_proxy *made = original()(proxy, opcode, interface, version, flags, arguments);
	if (made && strcmp(wl_proxy_get_class(proxy), "xdg_wm_base") == 0 &&
	    opcode == BASE_GET_XDG_SURFACE)
		add((struct wl_proxy *)arguments[1].o, made);
	return made;
}
