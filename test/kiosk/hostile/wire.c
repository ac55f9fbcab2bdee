#define _GNU_SOURCE
#include "wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST_OBJECTS = 1 << 20, MOST_GLOBALS = 64, MOST_FDS = 28, MOST_BYTES = 65536 };

struct heard heard;
void (*wire_heard)(const char *interface, id object, int opcode, const uint32_t *words);

static int server = -1;
static int gone;
static id next_id = 2;
static id registry;
static const char *interfaces[MOST_OBJECTS];
static struct {
	uint32_t number, version;
	char name[64];
} globals[MOST_GLOBALS];
static int globals_count;
static char input[MOST_BYTES], output[MOST_BYTES];
static size_t input_size, output_size;
static int collects;

int wire_write(const void *bytes, size_t size, const int *fds, int count)
{
	char control[CMSG_SPACE(sizeof(int) * MOST_FDS)];
	struct iovec part = {(void *)bytes, size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	if (count > 0) {
		memset(control, 0, sizeof control);
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int) * count);
		memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
	}
	while (!gone && part.iov_len > 0) {
		const ssize_t sent = sendmsg(server, &message, MSG_NOSIGNAL);
		// So many descriptors are on their way that the kernel lets this user send no more.
		if (sent < 0 && (errno == EINTR || errno == ETOOMANYREFS))
			continue;
		if (sent < 0)
			gone = 1;
		if (sent <= 0)
			break;
		part.iov_base = (char *)part.iov_base + sent;
		part.iov_len -= sent;
		message.msg_control = NULL;
		message.msg_controllen = 0;
	}
	return !gone;
}

void wire_collect(void)
{
	collects = 1;
}

static void write_collected(void)
{
	const size_t size = output_size;
	output_size = 0;
	if (size > 0)
		wire_write(output, size, NULL, 0);
}

static id request(const char *interface, id object, int opcode, const char *values, va_list given)
{
	uint32_t words[2048] = {object};
	size_t size = 8;
	int fds[MOST_FDS], count = 0;
	id made = 0;
	for (; *values; ++values) {
		if (*values == 's') {
			const char *text = va_arg(given, const char *);
			const uint32_t length = strlen(text) + 1;
			words[size / 4] = length;
			memcpy((char *)words + size + 4, text, length);
			size += 4 + ((length + 3) & ~3u);
		} else if (*values == 'h') {
			fds[count++] = va_arg(given, int);
		} else {
			if (*values == 'n')
				made = next_id++;
			words[size / 4] = *values == 'n' ? made : va_arg(given, uint32_t);
			size += 4;
		}
	}
	words[1] = (uint32_t)(size << 16) | opcode;
	if (made > 0 && made < MOST_OBJECTS)
		interfaces[made] = interface;
	if (!collects || count > 0 || output_size + size > sizeof output)
		write_collected();
	if (collects && count == 0) {
		memcpy(output + output_size, words, size);
		output_size += size;
	} else {
		wire_write(words, size, fds, count);
	}
	return made;
}

id wire_make(const char *interface, id object, int opcode, const char *values, ...)
{
	va_list given;
	va_start(given, values);
	const id made = request(interface, object, opcode, values, given);
	va_end(given);
	return made;
}

void wire_send(id object, int opcode, const char *values, ...)
{
	va_list given;
	va_start(given, values);
	request(NULL, object, opcode, values, given);
	va_end(given);
}

static const char *interface_of(id object)
{
	const char *name = object < MOST_OBJECTS ? interfaces[object] : NULL;
	return name == NULL ? "?" : name;
}

static void hear(id object, int opcode, const uint32_t *words)
{
	const char *name = interface_of(object);
	if (wire_heard != NULL)
		wire_heard(name, object, opcode, words);
	if (object == DISPLAY && opcode == 0) {
		printf("error %s %u %s\n", interface_of(words[0]), words[1],
		       (const char *)&words[3]);
	} else if (object == registry && opcode == 0 && globals_count < MOST_GLOBALS) {
		const uint32_t length = words[1];
		globals[globals_count].number = words[0];
		globals[globals_count].version = words[2 + (length + 3) / 4];
		snprintf(globals[globals_count++].name, sizeof globals[0].name, "%.63s",
			 (const char *)&words[2]);
	} else if (strcmp(name, "xdg_wm_base") == 0) {
		wire_send(object, WM_BASE_PONG, "u", words[0]);
	} else if (strcmp(name, "xdg_toplevel") == 0 && opcode == 0) {
		heard.width = words[0];
		heard.height = words[1];
	} else if (strcmp(name, "xdg_surface") == 0 ||
		   (strcmp(name, "wl_pointer") == 0 && opcode == 0)) {
		heard.serial = words[0];
	}
}

/** What has come; whether `callback` was among those that it is about. */
static int take(id callback)
{
	int answered = 0;
	size_t at = 0;
	while (input_size - at >= 8) {
		uint32_t head[2];
		memcpy(head, input + at, 8);
		const size_t size = head[1] >> 16;
		if (size < 8 || input_size - at < size)
			break;
		uint32_t words[MOST_BYTES / 4];
		memcpy(words, input + at + 8, size - 8);
		if (head[0] == callback)
			answered = 1;
		hear(head[0], head[1] & 0xffff, words);
		at += size;
	}
	memmove(input, input + at, input_size - at);
	input_size -= at;
	return answered;
}

/** Until something has come. */
static int receive(void)
{
	write_collected();
	for (;;) {
		const ssize_t got = recv(server, input + input_size, sizeof input - input_size, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			gone = 1;
			return 0;
		}
		input_size += got;
		return 1;
	}
}

/** Until the callback was answered, which 0 never is. */
static int listen_for(id callback)
{
	while (!take(callback))
		if (!receive())
			return 0;
	return 1;
}

int wire_wait(void)
{
	if (!receive())
		return 0;
	take(0);
	return 1;
}

int wire_sync(void)
{
	return listen_for(wire_make("wl_callback", DISPLAY, DISPLAY_SYNC, "n"));
}

void wire_hear_out(void)
{
	listen_for(0);
}

void wire_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
		perror(path);
		exit(1);
	}
	interfaces[DISPLAY] = "wl_display";
	registry = wire_make("wl_registry", DISPLAY, DISPLAY_GET_REGISTRY, "n");
	wire_sync();
}

id wire_bind(const char *interface, uint32_t version)
{
	for (int index = 0; index < globals_count; ++index) {
		if (strcmp(globals[index].name, interface) != 0)
			continue;
		const uint32_t spoken = version == 0 ? globals[index].version : version;
		return wire_make(interface, registry, REGISTRY_BIND, "usun", globals[index].number,
				 interface, spoken);
	}
	fprintf(stderr, "%s is not offered\n", interface);
	exit(1);
}

id surface_make(void)
{
	static id compositor;
	if (compositor == 0)
		compositor = wire_bind("wl_compositor", 0);
	return wire_make("wl_surface", compositor, COMPOSITOR_CREATE_SURFACE, "n");
}

struct window window_open(void)
{
	struct window window;
	const id base = wire_bind("xdg_wm_base", 0);
	window.surface = surface_make();
	window.xdg = wire_make("xdg_surface", base, WM_BASE_GET_XDG_SURFACE, "nu", window.surface);
	window.toplevel = wire_make("xdg_toplevel", window.xdg, XDG_SURFACE_GET_TOPLEVEL, "n");
	wire_send(window.surface, SURFACE_COMMIT, "");
	heard.serial = 0;
	/* A compositor may tell the size later than it answers. */
	while (heard.serial == 0 && wire_sync())
		;
	wire_send(window.xdg, XDG_SURFACE_ACK_CONFIGURE, "u", heard.serial);
	return window;
}

int memory(size_t bytes)
{
	const int fd = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || ftruncate(fd, bytes) < 0) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

id pool_of(int fd, int32_t bytes)
{
	static id shm;
	if (shm == 0)
		shm = wire_bind("wl_shm", 1);
	return wire_make("wl_shm_pool", shm, SHM_CREATE_POOL, "nhu", fd, bytes);
}

id picture(int32_t width, int32_t height)
{
	const int32_t bytes = width * height * 4;
	const int fd = memory(bytes);
	void *pixels = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pixels == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	memset(pixels, 1, bytes);
	munmap(pixels, bytes);
	const id pool = pool_of(fd, bytes);
	close(fd);
	return wire_make("wl_buffer", pool, POOL_CREATE_BUFFER, "nuuuuu", 0, width, height,
			 width * 4, 1);
}

void show(id surface, id buffer)
{
	wire_send(surface, SURFACE_ATTACH, "uuu", buffer, 0, 0);
	wire_send(surface, SURFACE_DAMAGE, "uuuu", 0, 0, 10000, 10000);
	wire_send(surface, SURFACE_COMMIT, "");
}

void show_whole(id surface, id buffer)
{
	const id callback = wire_make("wl_callback", surface, SURFACE_FRAME, "n");
	show(surface, buffer);
	listen_for(callback);
}
