/*
 * master-thief PID SECONDS
 *
 * Takes DRM master of virtio-gpu away from a process for a while and gives it
 * up again, as a session manager does on a switch of virtual consoles. Shows
 * nothing itself. It drops master through a duplicate of that process's own
 * descriptor, so it needs root. Prints `have master` and `gave it back`; a
 * failure goes to standard error with its errno, and the status is 1. Killed, it
 * gives master up by closing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PRIMARY_NODES "/dev/dri/card"
/* The robbed process may be quick to take master again before we have it. */
#define ATTEMPTS 100

static void die(const char *what)
{
	fprintf(stderr, "master-thief: %s: %s (errno %d)\n", what, strerror(errno), errno);
	exit(1);
}

static int is_virtio_gpu(int fd)
{
	char name[16] = "";
	struct drm_version version = {.name = name, .name_len = sizeof(name) - 1};

	return ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 && strcmp(name, "virtio_gpu") == 0;
}

/* Drops master where this descriptor of the other process is one of virtio-gpu and holds it. */
static int drop_master_of(int pidfd, int fd)
{
	int duplicate = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	int dropped;

	if (duplicate < 0) {
		if (errno != EBADF) /* closed while we looked */
			die("pidfd_getfd");
		return 0;
	}
	dropped = is_virtio_gpu(duplicate) && ioctl(duplicate, DRM_IOCTL_DROP_MASTER, 0) == 0;
	close(duplicate);
	return dropped;
}

/* Fills in the node that the descriptor `name` in `folder` is open on; 0 where it is no primary
 * node. */
static int node_of(DIR *folder, const char *name, char node[PATH_MAX])
{
	ssize_t length = readlinkat(dirfd(folder), name, node, PATH_MAX - 1);

	node[length < 0 ? 0 : length] = 0;
	return strncmp(node, PRIMARY_NODES, strlen(PRIMARY_NODES)) == 0;
}

/* Fills in the node whose master the process was and no longer is; 0 where it was of none. */
static int rob(int pidfd, const char *pid, char node[PATH_MAX])
{
	char path[64];
	struct dirent *entry;
	int dropped = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	folder = opendir(path);
	if (!folder)
		die(path);
	while (!dropped && (entry = readdir(folder)))
		dropped = node_of(folder, entry->d_name, node) &&
			  drop_master_of(pidfd, atoi(entry->d_name));
	closedir(folder);
	return dropped;
}

/* Opening a node without a master makes the opener master at once; SET_MASTER then changes nothing.
 */
static int take_master(const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die(node);
	if (ioctl(fd, DRM_IOCTL_SET_MASTER, 0) == 0)
		return fd;
	if (errno != EBUSY)
		die("DRM_IOCTL_SET_MASTER");
	close(fd);
	return -1;
}

static int steal(int pidfd, const char *pid)
{
	char node[PATH_MAX];

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int fd;

		if (!rob(pidfd, pid, node)) {
			fprintf(stderr, "master-thief: %s is not DRM master of a virtio-gpu\n",
				pid);
			exit(1);
		}
		fd = take_master(node);
		if (fd >= 0)
			return fd;
	}
	errno = EBUSY;
	die("it takes master again faster than we do");
	return -1;
}

static void sleep_for(double seconds)
{
	struct timespec left = {.tv_sec = (time_t)seconds};

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	while (nanosleep(&left, &left) != 0)
		;
}

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	int pidfd, fd;

	if (argc != 3 || atoi(argv[1]) <= 0 || strtod(argv[2], NULL) <= 0) {
		fprintf(stderr, "usage: master-thief PID SECONDS\n");
		return 2;
	}
	pidfd = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	if (pidfd < 0)
		die("pidfd_open");
	fd = steal(pidfd, argv[1]);
	say("have master");
	sleep_for(strtod(argv[2], NULL));
	if (ioctl(fd, DRM_IOCTL_DROP_MASTER, 0) != 0)
		die("DRM_IOCTL_DROP_MASTER");
	say("gave it back");
	return 0;
}
