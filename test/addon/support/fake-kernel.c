/*
 * Preloaded into a test: answers the ioctls of a KMS device, of dma-bufs, of
 * sync_files and of syncobjs (fake-syncobj.h) on ordinary pipes. FAKE_KERNEL names a folder:
 *   commits  one line a DRM_IOCTL_MODE_ATOMIC: flags, user_data, then object:property=value …
 *   errnos   read: one errno a line, taken by the next commits and flushes; 0 accepts
 *   flushes  one line a DRM_IOCTL_MODE_DIRTYFB: framebuffer, flags, count of clips
 *   blobs    one line a DRM_IOCTL_MODE_CREATEPROPBLOB: + id, then its 32-bit words; and one
 *            a DRM_IOCTL_MODE_DESTROYPROPBLOB: - id
 *   noblobs  where it exists there is no memory for blobs
 *   imports  one line a DMA_BUF_IOCTL_IMPORT_SYNC_FILE: dma-buf, sync_file, flags
 * A pipe as dma-buf or sync_file is signalled while it is readable; two merged are the second.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kOutFencePtr = 5 };

static FILE* open_beside(const char* name, const char* mode) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("FAKE_KERNEL"), name);
  return fopen(path, mode);
}

#include "fake-syncobj.h"

static int next_errno(void) {
  FILE* file = open_beside("errnos", "r");
  int error = 0, later[64], count = 0;
  if (file == NULL) return 0;
  if (fscanf(file, "%d", &error) != 1) error = 0;
  while (count < 64 && fscanf(file, "%d", &later[count]) == 1) ++count;
  fclose(file);
  file = open_beside("errnos", "w");
  for (int i = 0; i < count; ++i) fprintf(file, "%d\n", later[i]);
  fclose(file);
  return error;
}

static int commit(const struct drm_mode_atomic* atomic) {
  const uint32_t* objects = (const uint32_t*)(uintptr_t)atomic->objs_ptr;
  const uint32_t* counts = (const uint32_t*)(uintptr_t)atomic->count_props_ptr;
  const uint32_t* properties = (const uint32_t*)(uintptr_t)atomic->props_ptr;
  const uint64_t* values = (const uint64_t*)(uintptr_t)atomic->prop_values_ptr;
  const int error = next_errno();
  FILE* log = open_beside("commits", "a");
  fprintf(log, "%d %u %llu", error, atomic->flags, (unsigned long long)atomic->user_data);
  for (uint32_t object = 0, at = 0; object < atomic->count_objs; ++object) {
    for (uint32_t i = 0; i < counts[object]; ++i, ++at) {
      const int out_fence = properties[at] == kOutFencePtr;
      fprintf(log, " %u:%u=%llu", objects[object], properties[at],
              out_fence ? 0 : (unsigned long long)values[at]);
      if (out_fence && error == 0 && (atomic->flags & DRM_MODE_ATOMIC_TEST_ONLY) == 0) {
        *(int32_t*)(uintptr_t)values[at] = open("/dev/null", O_RDONLY | O_CLOEXEC);
      }
    }
  }
  fprintf(log, "\n");
  fclose(log);
  errno = error;
  return error == 0 ? 0 : -1;
}

static int create_blob(struct drm_mode_create_blob* blob) {
  static uint32_t last = 900;
  const uint32_t* words = (const uint32_t*)(uintptr_t)blob->data;
  FILE* full = open_beside("noblobs", "r");
  if (full != NULL) {
    fclose(full);
    errno = ENOMEM;
    return -1;
  }
  blob->blob_id = ++last;
  FILE* log = open_beside("blobs", "a");
  fprintf(log, "+ %u", blob->blob_id);
  for (uint32_t i = 0; i < blob->length / sizeof *words; ++i) fprintf(log, " %u", words[i]);
  fprintf(log, "\n");
  fclose(log);
  return 0;
}

static int destroy_blob(const struct drm_mode_destroy_blob* blob) {
  FILE* log = open_beside("blobs", "a");
  fprintf(log, "- %u\n", blob->blob_id);
  fclose(log);
  return 0;
}

/* Blocks as virtio-gpu does, here until the pipe is readable; which it leaves so. */
static int flush(int fd, const struct drm_mode_fb_dirty_cmd* request) {
  struct pollfd ready = {fd, POLLIN, 0};
  while (poll(&ready, 1, -1) < 0 && errno == EINTR) {
  }
  FILE* log = open_beside("flushes", "a");
  fprintf(log, "%u %u %u\n", request->fb_id, request->flags, request->num_clips);
  fclose(log);
  errno = next_errno();
  return errno == 0 ? 0 : -1;
}

static int describe(int fd, struct sync_file_info* info) {
  struct pollfd ready = {fd, POLLIN, 0};
  const int signalled = poll(&ready, 1, 0) > 0;
  info->status = signalled;
  if (info->num_fences > 0) {
    struct sync_fence_info fence = {.status = signalled};
    fence.timestamp_ns = signalled ? 123456789 : 0;
    memset(fence.driver_name, 'd', sizeof fence.driver_name); /* no terminating zero */
    strcpy(fence.obj_name, "controlq");
    memcpy((void*)(uintptr_t)info->sync_fence_info, &fence, sizeof fence);
  }
  info->num_fences = 1;
  return 0;
}

static int import(int fd, const struct dma_buf_import_sync_file* import) {
  FILE* log = open_beside("imports", "a");
  fprintf(log, "%d %d %u\n", fd, import->fd, import->flags);
  fclose(log);
  return 0;
}

static int merge(struct sync_merge_data* merge) {
  if (strnlen(merge->name, sizeof merge->name) == sizeof merge->name || merge->flags ||
      merge->pad) {
    errno = EINVAL;
    return -1;
  }
  merge->fence = fcntl(merge->fd2, F_DUPFD_CLOEXEC, 0);
  return merge->fence < 0 ? -1 : 0;
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list list;
  va_start(list, request);
  void* argument = va_arg(list, void*);
  va_end(list);
  if (request == DRM_IOCTL_MODE_ATOMIC) return commit(argument);
  if (request == DRM_IOCTL_MODE_CREATEPROPBLOB) return create_blob(argument);
  if (request == DRM_IOCTL_MODE_DESTROYPROPBLOB) return destroy_blob(argument);
  if (request == DRM_IOCTL_MODE_DIRTYFB) return flush(fd, argument);
  if (request == SYNC_IOC_FILE_INFO) return describe(fd, argument);
  if (request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE) {
    struct dma_buf_export_sync_file* export = argument;
    export->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return export->fd < 0 ? -1 : 0;
  }
  if (request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE) return import(fd, argument);
  if (request == SYNC_IOC_MERGE) return merge(argument);
  const int answer = call_syncobj(request, argument);
  if (answer <= 0) return answer;
  if (real == NULL) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  return real(fd, request, argument);
}
