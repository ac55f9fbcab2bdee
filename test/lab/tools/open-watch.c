/*
 * open-watch FOLDER
 *
 * Prints the name of each file in the folder that any process opens, one a line,
 * until standard input ends. Prints `watching` first, and `done` when all that was opened
 * until then has been printed. A failure goes to standard error, and the status is 1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "open-watch: %s: %s (errno %d)\n", what, strerror(errno), errno);
	exit(1);
}

static void say(const char *line)
{
	puts(line);
	fflush(stdout);
}

/* Prints what there is; an event of the folder itself has no name. */
static void drain(int watch)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t length;

	while ((length = read(watch, events, sizeof(events))) > 0)
		for (char *next = events; next < events + length;) {
			struct inotify_event *event = (struct inotify_event *)next;

			if (event->mask & IN_Q_OVERFLOW) {
				errno = EOVERFLOW;
				die("too many at once");
			}
			if (event->len > 0 && !(event->mask & IN_ISDIR))
				say(event->name);
			next += sizeof(*event) + event->len;
		}
	if (length < 0 && errno != EAGAIN)
		die("read");
}

/* Whether standard input goes on. */
static int goes_on(void)
{
	char byte;

	return read(STDIN_FILENO, &byte, 1) > 0;
}

int main(int argc, char **argv)
{
	int watch;

	if (argc != 2) {
		fprintf(stderr, "usage: open-watch FOLDER\n");
		return 2;
	}
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch < 0 || inotify_add_watch(watch, argv[1], IN_OPEN) < 0)
		die(argv[1]);
	say("watching");
	for (;;) {
		struct pollfd ready[] = {{watch, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};

		if (poll(ready, 2, -1) < 0)
			die("poll");
		drain(watch);
		if (ready[1].revents && !goes_on())
			break;
	}
	drain(watch);
	say("done");
	return 0;
}
