/*
 * PID 1 of the lab's guest. It mounts what a process expects, then runs
 * commands for the host over one virtio-serial port, several at a time.
 *
 * Both directions carry frames: a header of eight bytes and a payload.
 *
 *   u8 type, u8 job, u16 flags, u32 payload length   (little-endian)
 *
 *   host -> guest                        guest -> host
 *     'R' run: /bin/sh -c PAYLOAD          'H' hello: kernel release
 *         flags 1 = on a terminal          'O' standard output
 *     'I' standard input, empty = end      'E' standard error
 *     'K' signal the process group: u8     'X' exited: u32 wait status
 *     'W' terminal size: u16 rows, cols
 *     'Q' sync and power off               'B' beat, every two seconds
 *
 * A failure of init itself powers the guest off; the host takes a port that
 * closes without an 'X' for a failure, so nothing here can look like success.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modules.h"
#include "root.h"

#define PORT "/dev/virtio-ports/guesthead.agent"
#define MAX_JOBS 16
#define MAX_PAYLOAD (1u << 20)
#define BEAT_SECONDS 2

struct frame {
	uint8_t type;
	uint8_t job;
	uint16_t flags;
	uint32_t length;
} __attribute__((packed));

struct job {
	pid_t pid; /* 0 = the place is free */
	int status;
	int exited;
	int terminal; /* in, out and err are one pty master */
	int in, out, err;
};

static struct job jobs[MAX_JOBS];
static int port = -1;
static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;

static void power_off(const char *why)
{
	if (why)
		fprintf(stderr, "guesthead init: %s: %s\n", why, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	_exit(1);
}

/* ---- what a process expects to find ------------------------------------ */

static void mount_one(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, options) != 0 && errno != EBUSY)
		fprintf(stderr, "guesthead init: mount %s: %s\n", where, strerror(errno));
}

static void bring_up_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

static void set_up(void)
{
	mount_one("proc", "/proc", "");
	mount_one("sysfs", "/sys", "");
	mount_one("devtmpfs", "/dev", "mode=0755");
	mount_one("devpts", "/dev/pts", "mode=0620,ptmxmode=0666");
	mount_one("tmpfs", "/dev/shm", "mode=1777");
	mount_one("tmpfs", "/run", "mode=0755");
	mount_one("debugfs", "/sys/kernel/debug", "");
	mount_one("tracefs", "/sys/kernel/tracing", "");
	mkdir("/run/tmp", 01777);
	bring_up_loopback();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TMPDIR", "/run/tmp", 1);
	setenv("XDG_RUNTIME_DIR", "/run", 1);
}

/* ---- frames ------------------------------------------------------------- */

static void write_all(int fd, const void *data, size_t length)
{
	const char *at = data;
	while (length > 0) {
		ssize_t written = write(fd, at, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			power_off("write to the host");
		at += written;
		length -= (size_t)written;
	}
}

static void send_frame(uint8_t type, uint8_t id, const void *payload, uint32_t length)
{
	struct frame frame = {.type = type, .job = id, .length = length};
	pthread_mutex_lock(&sending);
	write_all(port, &frame, sizeof(frame));
	write_all(port, payload, length);
	pthread_mutex_unlock(&sending);
}

static void read_all(void *data, size_t length)
{
	char *at = data;
	while (length > 0) {
		ssize_t got = read(port, at, length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			power_off("the host went away");
		at += got;
		length -= (size_t)got;
	}
}

/* ---- jobs --------------------------------------------------------------- */

static void child_exec(const char *command)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static pid_t start_on_terminal(struct job *job, const char *command)
{
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, NULL);
	if (pid == 0)
		child_exec(command);
	if (pid > 0) {
		fcntl(master, F_SETFD, FD_CLOEXEC);
		job->in = job->out = master;
		job->err = -1;
	}
	return pid;
}

static pid_t start_on_pipes(struct job *job, const char *command)
{
	int in[2], out[2], err[2];
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		power_off("pipe");
	pid = fork();
	if (pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		child_exec(command);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	job->in = in[1];
	job->out = out[0];
	job->err = err[0];
	return pid;
}

static void run_job(uint8_t id, int terminal, const char *command)
{
	struct job *job = &jobs[id % MAX_JOBS];
	if (job->pid)
		power_off("job id in use");
	memset(job, 0, sizeof(*job));
	job->terminal = terminal;
	job->pid = terminal ? start_on_terminal(job, command) : start_on_pipes(job, command);
	if (job->pid < 0)
		power_off("fork");
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void feed_input(struct job *job, const char *data, uint32_t length)
{
	if (job->in < 0)
		return;
	if (length == 0 && !job->terminal)
		close_fd(&job->in);
	else if (write(job->in, data, length) < 0 && !job->terminal)
		close_fd(&job->in); /* the reader is gone: EPIPE */
}

static void resize(struct job *job, const uint16_t *size)
{
	struct winsize window = {.ws_row = size[0], .ws_col = size[1]};
	if (job->terminal && job->in >= 0)
		ioctl(job->in, TIOCSWINSZ, &window);
}

/* An exit is reported once the output behind it has been passed on. */
static void report_if_done(uint8_t id)
{
	struct job *job = &jobs[id];
	uint32_t status = (uint32_t)job->status;
	if (!job->pid || !job->exited || job->out >= 0 || job->err >= 0)
		return;
	if (!job->terminal)
		close_fd(&job->in);
	job->pid = 0;
	send_frame('X', id, &status, sizeof(status));
}

static void pass_output(uint8_t id, int *fd, uint8_t type)
{
	char buffer[16384];
	ssize_t got = read(*fd, buffer, sizeof(buffer));
	if (got > 0)
		send_frame(type, id, buffer, (uint32_t)got);
	else if (got == 0 || errno != EINTR)
		close_fd(fd);
}

/* What a daemonised grandchild keeps open must not hold the job's end back. */
static void drain(uint8_t id)
{
	struct job *job = &jobs[id];
	int *fds[] = {&job->out, &job->err};
	for (int i = 0; i < 2; i++) {
		struct pollfd poll_one = {.fd = *fds[i], .events = POLLIN};
		while (*fds[i] >= 0 && poll(&poll_one, 1, 0) > 0)
			pass_output(id, fds[i], i ? 'E' : 'O');
		close_fd(fds[i]);
	}
	if (job->terminal)
		job->in = -1;
}

static void reap(void)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int id = 0; id < MAX_JOBS; id++)
			if (jobs[id].pid == pid) {
				jobs[id].status = status;
				jobs[id].exited = 1;
				drain((uint8_t)id);
				report_if_done((uint8_t)id);
			}
}

/* ---- the loop ----------------------------------------------------------- */

static void handle_frame(void)
{
	static char payload[MAX_PAYLOAD + 1];
	struct frame frame;
	struct job *job;

	read_all(&frame, sizeof(frame));
	if (frame.length > MAX_PAYLOAD)
		power_off("oversized frame");
	read_all(payload, frame.length);
	payload[frame.length] = 0;
	job = &jobs[frame.job % MAX_JOBS];
	switch (frame.type) {
	case 'R':
		run_job(frame.job, frame.flags & 1, payload);
		break;
	case 'I':
		if (job->pid)
			feed_input(job, payload, frame.length);
		break;
	case 'K':
		if (job->pid && !job->exited)
			kill(-job->pid, payload[0]);
		break;
	case 'W':
		if (job->pid && frame.length == 4)
			resize(job, (const uint16_t *)(const void *)payload);
		break;
	case 'Q':
		power_off(NULL);
	}
}

static int watch(struct pollfd *fds, int signals)
{
	int n = 0;
	fds[n++] = (struct pollfd){.fd = port, .events = POLLIN};
	fds[n++] = (struct pollfd){.fd = signals, .events = POLLIN};
	for (int id = 0; id < MAX_JOBS; id++) {
		int alive = jobs[id].pid != 0;
		fds[n++] = (struct pollfd){.fd = alive ? jobs[id].out : -1, .events = POLLIN};
		fds[n++] = (struct pollfd){.fd = alive ? jobs[id].err : -1, .events = POLLIN};
	}
	return n;
}

static void serve(int signals)
{
	struct pollfd fds[2 + 2 * MAX_JOBS];
	for (;;) {
		int n = watch(fds, signals);
		if (poll(fds, (nfds_t)n, -1) < 0)
			continue;
		for (int id = 0; id < MAX_JOBS; id++) {
			if (fds[2 + 2 * id].revents)
				pass_output((uint8_t)id, &jobs[id].out, 'O');
			if (fds[3 + 2 * id].revents)
				pass_output((uint8_t)id, &jobs[id].err, 'E');
		}
		if (fds[1].revents) {
			struct signalfd_siginfo info;
			if (read(signals, &info, sizeof(info)) > 0)
				reap();
		}
		if (fds[0].revents)
			handle_frame();
	}
}

/* A thread of its own: the loop may rightly wait, for a job that does not read its input. */
static void *beat(void *unused)
{
	for (;;) {
		send_frame('B', 0, NULL, 0);
		sleep(BEAT_SECONDS);
	}
	return unused;
}

static void start_beating(void)
{
	pthread_t thread;
	errno = pthread_create(&thread, NULL, beat, NULL);
	if (errno != 0)
		power_off("pthread_create");
	pthread_detach(thread);
}

/* There is no udev here: each port's name stands in sysfs. */
static void link_ports(void)
{
	glob_t found;

	mkdir("/dev/virtio-ports", 0755);
	if (glob("/sys/class/virtio-ports/*/name", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char device[64], name[64], target[128], link[128];
		FILE *file = fopen(found.gl_pathv[i], "re");
		if (!file)
			continue;
		if (sscanf(found.gl_pathv[i], "/sys/class/virtio-ports/%63[^/]", device) == 1 &&
		    fscanf(file, "%63s", name) == 1) {
			snprintf(target, sizeof(target), "../%s", device);
			snprintf(link, sizeof(link), "/dev/virtio-ports/%s", name);
			if (symlink(target, link) != 0 && errno != EEXIST)
				perror(link);
		}
		fclose(file);
	}
	globfree(&found);
}

static void open_port(void)
{
	/* the driver's probe may still be under way: five seconds at the most */
	for (int tries = 0; tries < 500; tries++) {
		link_ports();
		port = open(PORT, O_RDWR | O_CLOEXEC);
		if (port >= 0)
			return;
		usleep(10000);
	}
	power_off("open " PORT);
}

/* Its parent becomes PROGRAM, PID 1; the agent goes on as a child of it. */
static void become(const char *program)
{
	sigset_t none;
	pid_t agent = fork();
	if (agent < 0)
		power_off("fork");
	if (agent == 0) {
		setsid();
		return;
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execl(program, program, (char *)NULL);
	power_off(program);
}

int main(int argc, char **argv)
{
	struct layout layout;
	struct utsname name;
	sigset_t set;
	int signals;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (argc > 0)
		load_modules(argv[0]);
	layout = make_root(argc > 0 ? argv[0] : "");
	if (layout.init)
		become(layout.init);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0)
		power_off("signalfd");
	open_port();
	uname(&name);
	send_frame('H', 0, name.release, (uint32_t)strlen(name.release));
	start_beating();
	serve(signals);
}
