/**
 * `frames SECONDS`: until then, SIGINT, SIGTERM or the compositor's end, a full-screen client of
 * any compositor that draws a row, says so, and commits at each frame callback. It prints one line
 * of JSON: how many frames came to the screen, how far apart, how long after their commits (ms, by
 * wp_presentation, which tells it on the compositor's clock), when it began, committed first and
 * was seen first, and how long the processor had worked for it by its first commit. `frames SECONDS
 * --two`: with a surface on it, so that both have to be composed. `frames SECONDS --motions`: a
 * line of its own, too, for each motion of the pointer, with when it was heard of (ms,
 * CLOCK_MONOTONIC). `frames --clock`: the time on that clock for each line of standard input.
 * `frames --clients N`: so many clients come one after the other, show a picture and go; the line
 * has the compositor's memory (MiB) before and after them, where it is this process's parent.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../kiosk/hostile/wire.h"

enum {
  BUFFERS = 3,
  MOST_FRAMES = 1 << 16,
  LAST_FRAMES = 600,
  PRESENTATION_FEEDBACK = 1,
  PRESENTED = 1,
  ZERO_COPY = 8,
  POINTER_MOTION = 2
};

static struct {
  id buffer;
  uint32_t* pixels;
  int busy;
} buffers[BUFFERS];
static struct window window;
static id presentation, callback;
static double committed_ms[MOST_FRAMES], shown_ms[MOST_FRAMES], latencies_ms[MOST_FRAMES],
    intervals_ms[MOST_FRAMES];
static id feedbacks[MOST_FRAMES];
static int commits, answered, shown, zero_copy;
static double started_ms, own_ms;

static volatile sig_atomic_t over;

static void end(int signal) {
  (void)signal;
  over = 1;
}

static double ms_by(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double now_ms(void) {
  return ms_by(CLOCK_MONOTONIC);
}

static void make_buffers(int32_t width, int32_t height) {
  const size_t bytes = (size_t)width * height * 4;
  for (int index = 0; index < BUFFERS; ++index) {
    const int fd = memory(bytes);
    buffers[index].pixels = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    memset(buffers[index].pixels, 0x40, bytes);
    const id pool = pool_of(fd, bytes);
    close(fd);
    buffers[index].buffer =
        wire_make("wl_buffer", pool, POOL_CREATE_BUFFER, "nuuuuu", 0, width, height, width * 4, 1);
  }
}

/** False while the compositor has all buffers. */
static int commit(void) {
  int index = 0;
  while (index < BUFFERS && buffers[index].busy) ++index;
  if (index == BUFFERS || commits == MOST_FRAMES) return 0;
  buffers[index].busy = 1;
  memset(buffers[index].pixels, commits & 0xff, 4 * heard.width);
  wire_send(window.surface, SURFACE_ATTACH, "uuu", buffers[index].buffer, 0, 0);
  wire_send(window.surface, SURFACE_DAMAGE, "uuuu", 0, 0, heard.width, 1);
  callback = wire_make("wl_callback", window.surface, SURFACE_FRAME, "n");
  feedbacks[commits] = wire_make("wp_presentation_feedback", presentation, PRESENTATION_FEEDBACK,
                                 "un", window.surface);
  if (commits == 0) own_ms = ms_by(CLOCK_PROCESS_CPUTIME_ID);
  committed_ms[commits++] = now_ms();
  wire_send(window.surface, SURFACE_COMMIT, "");
  return 1;
}

static void on_event(const char* interface, id object, int opcode, const uint32_t* words) {
  if (object == callback) callback = 0;
  if (strcmp(interface, "wl_pointer") == 0 && opcode == POINTER_MOTION)
    printf("motion %.2f\n", now_ms());
  for (int index = 0; strcmp(interface, "wl_buffer") == 0 && index < BUFFERS; ++index)
    if (buffers[index].buffer == object) buffers[index].busy = 0;
  if (strcmp(interface, "wp_presentation_feedback") != 0) return;
  while (answered < commits && feedbacks[answered] != object) ++answered;
  if (opcode != PRESENTED || answered == commits) return;
  shown_ms[shown] = words[1] * 1e3 + words[2] / 1e6;
  latencies_ms[shown] = shown_ms[shown] - committed_ms[answered];
  ++shown;
  if (words[6] & ZERO_COPY) ++zero_copy;
}

static int by_size(const void* one, const void* other) {
  const double difference = *(const double*)one - *(const double*)other;
  return (difference > 0) - (difference < 0);
}

/** On the window's, and moved with it. */
static void show_another(void) {
  const id surface = surface_make();
  wire_make("wl_subsurface", wire_bind("wl_subcompositor", 1), SUBCOMPOSITOR_GET_SUBSURFACE, "nuu",
            surface, window.surface);
  show(surface, picture(heard.width / 4, heard.height / 4));
}

static int run_frames(const char* socket, double seconds, const char* option) {
  wire_connect(socket);
  wire_collect();
  if (strcmp(option, "--motions") == 0)
    wire_make("wl_pointer", wire_bind("wl_seat", 1), SEAT_GET_POINTER, "n");
  presentation = wire_bind("wp_presentation", 1);
  window = window_open();
  make_buffers(heard.width, heard.height);
  if (strcmp(option, "--two") == 0) show_another();
  wire_heard = on_event;
  signal(SIGINT, end);
  signal(SIGTERM, end);  // how a kiosk ends its clients
  const double end_ms = now_ms() + seconds * 1e3;
  while (!over && (now_ms() < end_ms || shown == 0)) {
    if (callback == 0) commit();
    if (!wire_wait()) break;
  }
  if (shown == 0) return 1;
  // What came before is the compositor's warming up.
  const int from = shown > LAST_FRAMES ? shown - LAST_FRAMES : 0, count = shown - from;
  double* const latest_ms = latencies_ms + from;
  const double seconds_shown = (shown_ms[shown - 1] - shown_ms[from]) / 1e3;
  qsort(latest_ms, count, sizeof *latest_ms, by_size);
  for (int index = 1; index < count; ++index)
    intervals_ms[index - 1] = shown_ms[from + index] - shown_ms[from + index - 1];
  qsort(intervals_ms, count - 1, sizeof *intervals_ms, by_size);
  printf(
      "{\"size\":\"%dx%d\",\"shown\":%d,\"zeroCopy\":%d,\"perSecond\":%.2f,"
      "\"intervalMs\":%.2f,"
      "\"latencyMs\":{\"p50\":%.2f,\"p95\":%.2f},"
      "\"startedMs\":%.1f,\"committedMs\":%.1f,\"firstMs\":%.1f,\"ownMs\":%.1f}\n",
      heard.width, heard.height, shown, zero_copy, count > 1 ? (count - 1) / seconds_shown : 0,
      count > 1 ? intervals_ms[(count - 1) / 2] : 0, latest_ms[count / 2],
      latest_ms[count * 95 / 100], started_ms, committed_ms[0], shown_ms[0], own_ms);
  return 0;
}

static double parent_mib(void) {
  char path[64], line[256];
  double kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", getppid());
  FILE* file = fopen(path, "r");
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (sscanf(line, "VmRSS: %lf", &kib) == 1) break;
  if (file != NULL) fclose(file);
  return kib / 1024;
}

static void one_client(const char* socket) {
  const pid_t child = fork();
  if (child == 0) {
    wire_connect(socket);
    window = window_open();
    show_whole(window.surface, picture(64, 64));
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static int run_clients(const char* socket, int count) {
  enum { WARM = 50 };
  for (int index = 0; index < WARM; ++index) one_client(socket);
  const double before = parent_mib();
  for (int index = 0; index < count; ++index) one_client(socket);
  printf("{\"clients\":%d,\"beforeMiB\":%.1f,\"afterMiB\":%.1f}\n", count, before, parent_mib());
  return 0;
}

static int run_clock(void) {
  char line[256];
  while (fgets(line, sizeof line, stdin) != NULL) printf("clock %.2f\n", now_ms());
  return 0;
}

int main(int count, char** arguments) {
  char socket[256];
  started_ms = now_ms();
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
  if (count == 2 && strcmp(arguments[1], "--clock") == 0) return run_clock();
  snprintf(socket, sizeof socket, "%s/%s", getenv("XDG_RUNTIME_DIR"), getenv("WAYLAND_DISPLAY"));
  if (count == 3 && strcmp(arguments[1], "--clients") == 0)
    return run_clients(socket, atoi(arguments[2]));
  const char* const option = count == 3 ? arguments[2] : "";
  const int is_known = strcmp(option, "--motions") == 0 || strcmp(option, "--two") == 0;
  return count == 2 || is_known ? run_frames(socket, atof(arguments[1]), option) : 2;
}
