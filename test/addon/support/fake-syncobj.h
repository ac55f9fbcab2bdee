/*
 * DRM syncobjs for fake-kernel.c: a pipe stands for one, whichever descriptor of it comes. In the folder of FAKE_KERNEL:
 *   syncobjs  one line for each handle: + and its number when it is made, - when it is destroyed
 *   syncerr   where it exists: a call's number in drm.h and the errno that it answers; 12 (GET_CAP) and 0: no timelines
 */
#include <drm.h>
#include <sys/stat.h>

#include "../../../native/drm/syncobj_eventfd.h"

enum { kMostHandles = 64, kMostWaits = 64 };

/* Forgotten with its last handle: the kernel's lives on with its descriptors, too. */
struct syncobj {
  ino_t pipe;
  uint64_t signalled;
  int handles;
};

static struct syncobj syncobjs[kMostHandles];
/* By handle. `fd` is of a syncobj that was made here, else -1. */
static struct { struct syncobj* of; int fd; } handles[kMostHandles];
/* `id` is the eventfd's own: one that was closed meanwhile is not written to. */
static struct { struct syncobj* of; uint64_t point; int fd; long id; } waits[kMostWaits];

static int failed_with(int error) {
  errno = error;
  return -1;
}

static long eventfd_id(int fd) {
  char path[64], line[128];
  long id = -1;
  snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
  FILE* file = fopen(path, "r");
  if (file == NULL) return -1;
  while (fgets(line, sizeof line, file) != NULL) sscanf(line, "eventfd-id: %lx", (unsigned long*)&id);
  fclose(file);
  return id;
}

static void log_handle(char sign, uint32_t handle) {
  FILE* log = open_beside("syncobjs", "a");
  fprintf(log, "%c %u\n", sign, handle);
  fclose(log);
}

static struct syncobj* syncobj_of(int fd) {
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode)) return NULL;
  for (int i = 0; i < kMostHandles; ++i) {
    if (syncobjs[i].pipe != 0 && syncobjs[i].pipe != status.st_ino) continue;
    syncobjs[i].pipe = status.st_ino;
    return &syncobjs[i];
  }
  return NULL;
}

static struct syncobj* found(uint32_t handle) {
  return handle < kMostHandles ? handles[handle].of : NULL;
}

static int new_handle(struct syncobj* of, int fd, uint32_t* handle) {
  if (of == NULL) return failed_with(EINVAL);
  for (*handle = 1; *handle < kMostHandles; ++*handle) {
    if (handles[*handle].of != NULL) continue;
    handles[*handle].of = of;
    handles[*handle].fd = fd;
    ++of->handles;
    log_handle('+', *handle);
    return 0;
  }
  return failed_with(ENOMEM);
}

static int create_syncobj(struct drm_syncobj_create* create) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return -1;
  close(ends[1]);
  return new_handle(syncobj_of(ends[0]), ends[0], &create->handle);
}

static void forget(struct syncobj* of) {
  for (int i = 0; i < kMostWaits; ++i) {
    if (waits[i].of == of) waits[i].of = NULL;
  }
  memset(of, 0, sizeof *of);
}

static int destroy_syncobj(const struct drm_syncobj_destroy* destroy) {
  struct syncobj* of = found(destroy->handle);
  if (of == NULL) return failed_with(EINVAL);
  if (handles[destroy->handle].fd >= 0) close(handles[destroy->handle].fd);
  handles[destroy->handle].of = NULL;
  log_handle('-', destroy->handle);
  if (--of->handles == 0) forget(of);
  return 0;
}

static int export_syncobj(struct drm_syncobj_handle* export) {
  if (found(export->handle) == NULL) return failed_with(EINVAL);
  export->fd = fcntl(handles[export->handle].fd, F_DUPFD_CLOEXEC, 0);
  return export->fd < 0 ? -1 : 0;
}

static int wait_syncobj(const struct drm_syncobj_timeline_wait* wait) {
  const struct syncobj* of = found(*(const uint32_t*)(uintptr_t)wait->handles);
  if (of == NULL) return failed_with(ENOENT);
  if (wait->flags != DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT) return failed_with(EINVAL);
  return of->signalled >= *(const uint64_t*)(uintptr_t)wait->points ? 0 : failed_with(ETIME);
}

static int tell_event(int fd) {
  const uint64_t one = 1;
  return write(fd, &one, sizeof one) == sizeof one ? 0 : -1;
}

static int watch_syncobj(const struct drm_syncobj_eventfd* watch) {
  struct syncobj* of = found(watch->handle);
  if (of == NULL) return failed_with(ENOENT);
  if (of->signalled >= watch->point) return tell_event(watch->fd);
  for (int i = 0; i < kMostWaits; ++i) {
    if (waits[i].of != NULL) continue;
    waits[i].of = of;
    waits[i].point = watch->point;
    waits[i].fd = watch->fd;
    waits[i].id = eventfd_id(watch->fd);
    return 0;
  }
  return failed_with(ENOMEM);
}

static int signal_syncobj(const struct drm_syncobj_timeline_array* signal) {
  struct syncobj* of = found(*(const uint32_t*)(uintptr_t)signal->handles);
  const uint64_t point = *(const uint64_t*)(uintptr_t)signal->points;
  if (of == NULL) return failed_with(ENOENT);
  if (point > of->signalled) of->signalled = point;
  for (int i = 0; i < kMostWaits; ++i) {
    if (waits[i].of != of || waits[i].point > of->signalled) continue;
    if (eventfd_id(waits[i].fd) == waits[i].id) tell_event(waits[i].fd);
    waits[i].of = NULL;
  }
  return 0;
}

/* What `syncerr` says of the call; -1 = nothing. */
static int refusal_of(unsigned long request) {
  unsigned call = 0;
  int error = -1;
  FILE* file = open_beside("syncerr", "r");
  if (file == NULL) return -1;
  if (fscanf(file, "%u %d", &call, &error) != 2 || call != _IOC_NR(request)) error = -1;
  fclose(file);
  return error;
}

/* 1: it is none of these calls. */
static int call_syncobj(unsigned long request, void* argument) {
  const int error = _IOC_TYPE(request) == DRM_IOCTL_BASE ? refusal_of(request) : -1;
  if (error > 0) return failed_with(error);
  if (request == DRM_IOCTL_GET_CAP) {
    ((struct drm_get_cap*)argument)->value = error != 0;
    return 0;
  }
  if (request == DRM_IOCTL_SYNCOBJ_CREATE) return create_syncobj(argument);
  if (request == DRM_IOCTL_SYNCOBJ_DESTROY) return destroy_syncobj(argument);
  if (request == DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD) return export_syncobj(argument);
  if (request == DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE) {
    struct drm_syncobj_handle* import = argument;
    return new_handle(syncobj_of(import->fd), -1, &import->handle);
  }
  if (request == DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT) return wait_syncobj(argument);
  if (request == DRM_IOCTL_SYNCOBJ_EVENTFD) return watch_syncobj(argument);
  if (request == DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL) return signal_syncobj(argument);
  return 1;
}
