/*
 * Makes DRM ioctls fail on demand: preloaded into the process under test, where
 * libc's ioctl() serves both the addon and libdrm.
 *
 * GUESTHEAD_INJECT names a control file. A line of it is
 *
 *   EBUSY 3              the next three commits that are not TEST_ONLY fail with EBUSY
 *   ENOMEM 1 ADDFB2      the next call of that name does; the names stand below
 *
 * The file is taken away (renamed, read, unlinked) by the next ioctl of one of
 * these names, so a test sees that it took effect, and what it says replaces what was
 * left of the one before: `EIO 0` ends a fault. It must appear whole: write
 * another file and rename it. Lines are used up in order. What it does not
 * understand ends the process, so that no test passes for lack of its fault.
 *
 * Every commit, and every other ioctl that was made to fail, is a line of the
 * control file's name with `.log` added:
 *
 *   CLOCK_MONOTONIC-ms NAME FLAGS 0|ERRNO [injected]
 *
 * An EINTR or EAGAIN is restarted at once by both drmIoctl and the addon, as
 * for a signal: it is seen here as lines within the same millisecond, and never by
 * JavaScript.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/dma-buf.h>
#include <linux/udmabuf.h>

#define MAX_RULES 16
#define LAST_ERRNO 133

struct call {
	const char *name;
	unsigned long request;
};

/* A commit that only tests is told from a real one by its flags: see call_of(). */
static const struct call commit = {"ATOMIC", DRM_IOCTL_MODE_ATOMIC};
static const struct call test_commit = {"ATOMIC_TEST", DRM_IOCTL_MODE_ATOMIC};
static const struct call other_calls[] = {
	{"PRIME_HANDLE_TO_FD", DRM_IOCTL_PRIME_HANDLE_TO_FD},
	{"PRIME_FD_TO_HANDLE", DRM_IOCTL_PRIME_FD_TO_HANDLE},
	{"ADDFB2", DRM_IOCTL_MODE_ADDFB2},
	{"CREATE_DUMB", DRM_IOCTL_MODE_CREATE_DUMB},
	{"MAP_DUMB", DRM_IOCTL_MODE_MAP_DUMB},
	{"CREATEPROPBLOB", DRM_IOCTL_MODE_CREATEPROPBLOB},
	{"DIRTYFB", DRM_IOCTL_MODE_DIRTYFB},
	{"SET_MASTER", DRM_IOCTL_SET_MASTER},
	{"EXPORT_SYNC_FILE", DMA_BUF_IOCTL_EXPORT_SYNC_FILE},
	{"UDMABUF_CREATE", UDMABUF_CREATE},
};
#define OTHER_CALLS (sizeof(other_calls) / sizeof(other_calls[0]))

struct rule {
	const struct call *call;
	int error;
	unsigned long left;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rule rules[MAX_RULES];
static size_t rule_count;

static void give_up(const char *what, const char *about)
{
	fprintf(stderr, "errno-injector: %s: %s\n", what, about);
	abort();
}

/* ---- the control file --------------------------------------------------- */

static int errno_named(const char *name)
{
	for (int number = 1; number <= LAST_ERRNO; number++) {
		const char *known = strerrorname_np(number);
		if (known && strcmp(known, name) == 0)
			return number;
	}
	return 0;
}

static const struct call *call_named(const char *name)
{
	if (strcmp(name, commit.name) == 0)
		return &commit;
	if (strcmp(name, test_commit.name) == 0)
		return &test_commit;
	for (size_t i = 0; i < OTHER_CALLS; i++)
		if (strcmp(other_calls[i].name, name) == 0)
			return &other_calls[i];
	return NULL;
}

static void add_rule(const char *line)
{
	char error[32], name[32] = "ATOMIC";
	struct rule rule;

	if (sscanf(line, "%31s %lu %31s", error, &rule.left, name) < 2)
		give_up("not an errno and a count", line);
	rule.error = errno_named(error);
	rule.call = call_named(name);
	if (!rule.error || !rule.call || rule_count == MAX_RULES)
		give_up("unknown errno or ioctl, or too many lines", line);
	rules[rule_count++] = rule;
}

static void read_rules(const char *path)
{
	char line[128];
	FILE *file = fopen(path, "re");

	if (!file)
		give_up(path, strerror(errno));
	rule_count = 0;
	while (fgets(line, sizeof(line), file))
		if (line[strspn(line, " \n")])
			add_rule(line);
	fclose(file);
	unlink(path);
}

/* Only one process can rename it away: what it says is used up once. */
static void take_control_file(const char *path)
{
	char taken[4096];

	snprintf(taken, sizeof(taken), "%s.%d", path, getpid());
	if (rename(path, taken) == 0)
		read_rules(taken);
	else if (errno != ENOENT)
		give_up(path, strerror(errno));
}

static int next_error(const struct call *call)
{
	for (size_t i = 0; i < rule_count; i++)
		if (rules[i].call == call && rules[i].left > 0) {
			rules[i].left--;
			return rules[i].error;
		}
	return 0;
}

/* ---- the log ------------------------------------------------------------ */

static int open_log(const char *control)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s.log", control);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		give_up(path, strerror(errno));
	return fd;
}

static uint32_t flags_of(const struct call *call, const void *arg)
{
	return call->request == DRM_IOCTL_MODE_ATOMIC ? ((const struct drm_mode_atomic *)arg)->flags
						      : 0;
}

/* One write a line: lines of several processes do not mix. */
static void log_call(const char *control, const struct call *call, uint32_t flags, int error,
		     int injected)
{
	static int fd = -1;
	struct timespec now;
	char line[160];
	int length;

	if (fd < 0)
		fd = open_log(control);
	clock_gettime(CLOCK_MONOTONIC, &now);
	length = snprintf(line, sizeof(line), "%.3f %s 0x%x %s%s\n",
			  (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6, call->name, flags,
			  error ? strerrorname_np(error) : "0", injected ? " injected" : "");
	if (write(fd, line, (size_t)length) != length)
		give_up("log", strerror(errno));
}

/* ---- ioctl -------------------------------------------------------------- */

static const struct call *call_of(unsigned long request, const void *arg)
{
	if (request == DRM_IOCTL_MODE_ATOMIC)
		return ((const struct drm_mode_atomic *)arg)->flags & DRM_MODE_ATOMIC_TEST_ONLY
			       ? &test_commit
			       : &commit;
	for (size_t i = 0; i < OTHER_CALLS; i++)
		if (other_calls[i].request == request)
			return &other_calls[i];
	return NULL;
}

static int error_to_inject(const char *control, const struct call *call)
{
	int error;

	pthread_mutex_lock(&lock);
	take_control_file(control);
	error = next_error(call);
	pthread_mutex_unlock(&lock);
	return error;
}

static void log_locked(const char *control, const struct call *call, const void *arg, int error,
		       int injected)
{
	pthread_mutex_lock(&lock);
	log_call(control, call, flags_of(call, arg), error, injected);
	pthread_mutex_unlock(&lock);
}

typedef int (*ioctl_fn)(int, unsigned long, ...);

static int watched_ioctl(ioctl_fn real, const char *control, const struct call *call, int fd,
			 void *arg)
{
	int injected = error_to_inject(control, call);
	int result = injected ? -1 : real(fd, call->request, arg);
	int error = injected ? injected : errno;

	if (injected || call->request == DRM_IOCTL_MODE_ATOMIC)
		log_locked(control, call, arg, result < 0 ? error : 0, injected);
	errno = error;
	return result;
}

int ioctl(int fd, unsigned long request, ...)
{
	const char *control = getenv("GUESTHEAD_INJECT");
	ioctl_fn real = (ioctl_fn)dlsym(RTLD_NEXT, "ioctl");
	const struct call *call;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	call = control ? call_of(request, arg) : NULL;
	return call ? watched_ioctl(real, control, call, fd, arg) : real(fd, request, arg);
}
