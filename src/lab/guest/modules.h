/*
 * Drivers that the kernel has as modules: the host has put them, in the order
 * of their loading, into the folder `modules` beside this program. They are
 * loaded before anything is mounted, for the overlay may be one of them.
 */
#include <sys/syscall.h>

static void power_off(const char *why);

/* The kernel unpacks what has more than .ko at its end, if it was built to. */
static void load_module(const char *path)
{
	const char *end = strrchr(path, '.');
	int flags = strcmp(end ? end : "", ".ko") == 0 ? 0 : 4 /* MODULE_INIT_COMPRESSED_FILE */;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || (syscall(SYS_finit_module, fd, "", flags) != 0 && errno != EEXIST)) {
		int error = errno;
		fprintf(stderr, "guesthead init: could not load %s\n", path);
		errno = error;
		power_off("load a module");
	}
	close(fd);
}

static void load_modules(const char *self)
{
	char pattern[4096];
	glob_t found;
	const char *name = strrchr(self, '/');

	snprintf(pattern, sizeof(pattern), "%.*s/modules/*", name ? (int)(name - self) : 0, self);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++)
		load_module(found.gl_pathv[i]);
	globfree(&found);
}
