/*
 * What the Wayland conformance suite loads to reach the kiosk, which server.ts runs in another
 * process.
 *
 *   wlcs module.so [GTEST OPTIONS] CONTROL WAYLAND [INTERFACE:VERSION]…
 *
 * CONTROL is the socket that server.ts listens at, WAYLAND the compositor's own, and the interfaces
 * are those that it offers: tests of others are skipped. One line asks for one thing, and one byte
 * answers once it has been done, '+', or could not be, '-'; so nothing here races.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <wayland-client-core.h>
#include <wlcs/display_server.h>
#include <wlcs/pointer.h>
#include <wlcs/touch.h>

#define MAX_CLIENTS 64
#define MAX_EXTENSIONS 64

struct server {
	WlcsDisplayServer base;
	int control;
	const char *wayland;
	/* By the number that server.ts counts them by; closed by WLCS. */
	int clients[MAX_CLIENTS];
	unsigned count;
	WlcsExtensionDescriptor extensions[MAX_EXTENSIONS];
	WlcsIntegrationDescriptor offered;
};

struct pointer {
	WlcsPointer base;
	struct server *server;
};

struct touch {
	WlcsTouch base;
	struct server *server;
};

/* The harness itself is broken, and no test can say anything. */
static void give_up(const char *what)
{
	perror(what);
	abort();
}

static int connected(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		give_up(path);
	return fd;
}

__attribute__((format(printf, 2, 3))) static void ask(struct server *server, const char *format,
						      ...)
{
	char line[128], answer;
	va_list values;

	va_start(values, format);
	int length = vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	if (send(server->control, line, (size_t)length, MSG_NOSIGNAL) != length)
		give_up("control socket");
	if (recv(server->control, &answer, 1, 0) != 1)
		give_up("control socket");
	if (answer != '+')
		fprintf(stderr, "the kiosk could not: %s", line);
}

/* ---- the display server ------------------------------------------------ */

static void start(WlcsDisplayServer *base)
{
	ask((struct server *)base, "start\n");
}

static void stop(WlcsDisplayServer *base)
{
	ask((struct server *)base, "stop\n");
}

static int create_client_socket(WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;
	int fd = connected(server->wayland);

	ask(server, "client\n");
	if (server->count == MAX_CLIENTS)
		give_up("more clients than the harness counts");
	server->clients[server->count++] = fd;
	return fd;
}

/* The newest: the number of one that has been closed may have been given again. */
static int client_of(const struct server *server, int fd)
{
	for (int i = (int)server->count - 1; i >= 0; i--)
		if (server->clients[i] == fd)
			return i;
	return -1;
}

static void position_window_absolute(WlcsDisplayServer *base, struct wl_display *display,
				     struct wl_surface *surface, int x, int y)
{
	struct server *server = (struct server *)base;

	ask(server, "position %d %u %d %d\n", client_of(server, wl_display_get_fd(display)),
	    wl_proxy_get_id((struct wl_proxy *)surface), x, y);
}

static WlcsIntegrationDescriptor const *get_descriptor(WlcsDisplayServer const *base)
{
	return &((const struct server *)base)->offered;
}

/* ---- the pointer ------------------------------------------------------- */

static void pointer_move_absolute(WlcsPointer *base, wl_fixed_t x, wl_fixed_t y)
{
	ask(((struct pointer *)base)->server, "pointer-to %f %f\n", wl_fixed_to_double(x),
	    wl_fixed_to_double(y));
}

static void pointer_move_relative(WlcsPointer *base, wl_fixed_t dx, wl_fixed_t dy)
{
	ask(((struct pointer *)base)->server, "pointer-by %f %f\n", wl_fixed_to_double(dx),
	    wl_fixed_to_double(dy));
}

static void pointer_button_up(WlcsPointer *base, int button)
{
	ask(((struct pointer *)base)->server, "button %d 0\n", button);
}

static void pointer_button_down(WlcsPointer *base, int button)
{
	ask(((struct pointer *)base)->server, "button %d 1\n", button);
}

static void pointer_destroy(WlcsPointer *base)
{
	free(base);
}

static WlcsPointer *create_pointer(WlcsDisplayServer *server)
{
	struct pointer *pointer = calloc(1, sizeof(*pointer));

	if (!pointer)
		give_up("pointer");
	*pointer = (struct pointer){
		.base = {.version = WLCS_POINTER_VERSION,
			 .move_absolute = pointer_move_absolute,
			 .move_relative = pointer_move_relative,
			 .button_up = pointer_button_up,
			 .button_down = pointer_button_down,
			 .destroy = pointer_destroy},
		.server = (struct server *)server,
	};
	return &pointer->base;
}

/* ---- touch: one finger; WLCS gives pixels, whatever its header says (1.5, 1.7) ----------------
 */

static void touch_down(WlcsTouch *base, wl_fixed_t x, wl_fixed_t y)
{
	ask(((struct touch *)base)->server, "touch-down %d %d\n", x, y);
}

static void touch_move(WlcsTouch *base, wl_fixed_t x, wl_fixed_t y)
{
	ask(((struct touch *)base)->server, "touch-move %d %d\n", x, y);
}

static void touch_up(WlcsTouch *base)
{
	ask(((struct touch *)base)->server, "touch-up\n");
}

static void touch_destroy(WlcsTouch *base)
{
	free(base);
}

static WlcsTouch *create_touch(WlcsDisplayServer *server)
{
	struct touch *touch = calloc(1, sizeof(*touch));

	if (!touch)
		give_up("touch");
	*touch = (struct touch){
		.base = {.version = WLCS_TOUCH_VERSION,
			 .touch_down = touch_down,
			 .touch_move = touch_move,
			 .touch_up = touch_up,
			 .destroy = touch_destroy},
		.server = (struct server *)server,
	};
	return &touch->base;
}

/* ---- what WLCS calls first --------------------------------------------- */

/* `name:version`, cut in two where it stands. */
static void take_extension(struct server *server, char *argument)
{
	char *colon = strchr(argument, ':');

	if (!colon || server->offered.num_extensions == MAX_EXTENSIONS)
		give_up(argument);
	*colon = '\0';
	server->extensions[server->offered.num_extensions++] = (WlcsExtensionDescriptor){
		.name = argument,
		.version = (uint32_t)strtoul(colon + 1, NULL, 10),
	};
}

/* The arguments are the runner's for each test anew: the names are copied, and live as long as it
 * does. */
static WlcsDisplayServer *create_server(int argc, char const **argv)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server || argc < 3)
		give_up("arguments: CONTROL WAYLAND [INTERFACE:VERSION]…");
	server->base = (WlcsDisplayServer){
		.version = 2,
		.start = start,
		.stop = stop,
		.create_client_socket = create_client_socket,
		.position_window_absolute = position_window_absolute,
		.create_pointer = create_pointer,
		.create_touch = create_touch,
		.get_descriptor = get_descriptor,
	};
	server->control = connected(argv[1]);
	server->wayland = argv[2];
	server->offered.version = WLCS_INTEGRATION_DESCRIPTOR_VERSION;
	server->offered.supported_extensions = server->extensions;
	for (int i = 3; i < argc; i++)
		take_extension(server, strdup(argv[i]));
	return &server->base;
}

static void destroy_server(WlcsDisplayServer *base)
{
	struct server *server = (struct server *)base;

	for (size_t i = 0; i < server->offered.num_extensions; i++)
		free((char *)server->extensions[i].name);
	close(server->control);
	free(server);
}

WlcsServerIntegration const wlcs_server_integration = {
	.version = WLCS_SERVER_INTEGRATION_VERSION,
	.create_server = create_server,
	.destroy_server = destroy_server,
};
