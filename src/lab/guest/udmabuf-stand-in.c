/*
 * Stand-in for the host's /dev/udmabuf, preloaded into QEMU where the host
 * kernel has none. It answers exactly what QEMU asks of the real device:
 *
 *   open("/dev/udmabuf")            -> an fd that only this file understands
 *   ioctl(fd, UDMABUF_CREATE_LIST)  -> a memfd that holds the list of pieces
 *   mmap(that memfd)                -> the pieces of guest RAM, side by side
 *
 * While the file that REFUSAL names exists, it makes no more buffers: it answers
 * as the real device does to a list above its limits.
 *
 * The list lives in the returned memfd itself, so the kernel frees it with the
 * last descriptor: no table, no lock, and dup() and close() need no hook.
 * The guest, its driver and QEMU's device are the real ones.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEVICE "/dev/udmabuf"
#define REFUSAL "GUESTHEAD_UDMABUF_REFUSAL"
/* A host set up as the README advises: QEMU's own cap of entries, and room for 8K. */
#define LIST_LIMIT 16384u
#define SIZE_LIMIT ((uint64_t)256 << 20)

struct list_header {
	char magic[16];
	uint64_t count;
	uint64_t size;
};

static const char device_magic[16] = "gh-udmabuf-dev";
static const char list_magic[16] = "gh-udmabuf-list";

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int is_memfd_of_ours(int fd, const char *magic, struct list_header *header)
{
	int saved = errno;
	ssize_t got = fd < 0 ? -1 : pread(fd, header, sizeof(*header), 0);
	errno = saved;
	return got == (ssize_t)sizeof(*header) &&
	       memcmp(header->magic, magic, sizeof(header->magic)) == 0;
}

static int memfd_with(const struct list_header *header, const void *body, size_t length)
{
	int fd = memfd_create("guesthead-udmabuf-stand-in", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (pwrite(fd, header, sizeof(*header), 0) != (ssize_t)sizeof(*header) ||
	    pwrite(fd, body, length, sizeof(*header)) != (ssize_t)length) {
		close(fd);
		errno = ENOMEM;
		return -1;
	}
	return fd;
}

static int open_device(void)
{
	struct list_header header = {.count = 0};
	memcpy(header.magic, device_magic, sizeof(header.magic));
	return memfd_with(&header, "", 0);
}

static int refuses(void)
{
	const char *path = getenv(REFUSAL);
	int saved = errno;
	int there = path && access(path, F_OK) == 0;
	errno = saved;
	return there;
}

static int create_list(const struct udmabuf_create_list *request)
{
	struct list_header header = {.count = request->count};
	uint64_t page = (uint64_t)getpagesize();

	if (refuses() || request->count == 0 || request->count > LIST_LIMIT) {
		errno = EINVAL;
		return -1;
	}
	memcpy(header.magic, list_magic, sizeof(header.magic));
	for (uint32_t i = 0; i < request->count; i++) {
		const struct udmabuf_create_item *item = &request->list[i];
		if (item->offset % page != 0 || item->size % page != 0 || item->size == 0) {
			errno = EINVAL;
			return -1;
		}
		header.size += item->size;
	}
	if (header.size > SIZE_LIMIT) {
		errno = EINVAL;
		return -1;
	}
	return memfd_with(&header, request->list, request->count * sizeof(request->list[0]));
}

typedef void *(*mmap_fn)(void *, size_t, int, int, int, off64_t);

static void *map_list(mmap_fn map, int fd, const struct list_header *header, size_t length,
		      int prot)
{
	char *base = map(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t at = 0;

	if (base == MAP_FAILED)
		return MAP_FAILED;
	for (uint64_t i = 0; i < header->count && at < length; i++) {
		struct udmabuf_create_item item;
		off64_t where = (off64_t)(sizeof(*header) + i * sizeof(item));
		size_t piece;

		if (pread64(fd, &item, sizeof(item), where) != (ssize_t)sizeof(item))
			goto fail;
		piece = item.size < length - at ? item.size : length - at;
		if (map(base + at, piece, prot, MAP_SHARED | MAP_FIXED, (int)item.memfd,
			(off64_t)item.offset) == MAP_FAILED)
			goto fail;
		at += piece;
	}
	return base;
fail:
	munmap(base, length);
	return MAP_FAILED;
}

static void *hooked_mmap(mmap_fn map, void *addr, size_t length, int prot, int flags, int fd,
			 off64_t offset)
{
	struct list_header header;
	if (!addr && (flags & MAP_SHARED) && offset == 0 &&
	    is_memfd_of_ours(fd, list_magic, &header))
		return map_list(map, fd, &header, length, prot);
	return map(addr, length, prot, flags, fd, offset);
}

void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset)
{
	static mmap_fn real;
	if (!real)
		real = (mmap_fn)next("mmap64");
	return hooked_mmap(real, addr, length, prot, flags, fd, offset);
}

void *mmap64(void *addr, size_t length, int prot, int flags, int fd, off64_t offset)
{
	return mmap(addr, length, prot, flags, fd, offset);
}

int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	mode_t mode = 0;
	va_list args;

	if (strcmp(path, DEVICE) == 0)
		return open_device();
	va_start(args, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	if (!real)
		real = (int (*)(const char *, int, ...))next("open64");
	return real(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	return open(path, flags, mode);
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, ...);
	struct list_header header;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request == UDMABUF_CREATE_LIST && is_memfd_of_ours(fd, device_magic, &header))
		return create_list(arg);
	if (!real)
		real = (int (*)(int, unsigned long, ...))next("ioctl");
	return real(fd, request, arg);
}
