#include "dmabuf/sync_file.h"

#include <linux/dma-buf.h>
#include <linux/types.h>

#include <algorithm>
#include <cstring>

#include "core/arguments.h"
#include "core/ioctl.h"

#ifndef DMA_BUF_IOCTL_EXPORT_SYNC_FILE  // Headers before Linux 6.0.
struct dma_buf_export_sync_file {
  __u32 flags;
  __s32 fd;
};
#define DMA_BUF_IOCTL_EXPORT_SYNC_FILE _IOWR(DMA_BUF_BASE, 2, struct dma_buf_export_sync_file)
#endif
#ifndef DMA_BUF_IOCTL_IMPORT_SYNC_FILE
struct dma_buf_import_sync_file {
  __u32 flags;
  __s32 fd;
};
#define DMA_BUF_IOCTL_IMPORT_SYNC_FILE _IOW(DMA_BUF_BASE, 3, struct dma_buf_import_sync_file)
#endif

namespace guesthead {
namespace {

/** The kernel fills 32 bytes, and ends them with a zero if the name is shorter. */
Napi::String nameOf(Napi::Env env, const char (&name)[32]) {
  return Napi::String::New(env, name, strnlen(name, sizeof name));
}

Napi::Object toObject(Napi::Env env, const sync_fence_info& fence) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("driver", nameOf(env, fence.driver_name));
  object.Set("timeline", nameOf(env, fence.obj_name));
  object.Set("status", fence.status);
  object.Set("timestampNs", fence.status == 0 ? 0 : static_cast<double>(fence.timestamp_ns));
  return object;
}

}  // namespace

UniqueFd exportFences(int dmabufFd, uint32_t access) {
  dma_buf_export_sync_file request = {access, -1};
  const int result = restartedIoctl(dmabufFd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &request);
  if (result < 0) throw SystemError{-result, "DMA_BUF_IOCTL_EXPORT_SYNC_FILE"};
  return UniqueFd(request.fd);
}

/** The first call says how many fences there are; a sync_file's never change. */
FenceState readFences(int syncFileFd) {
  sync_file_info info = {};
  FenceState state;
  for (int call = 0; call < 2; ++call) {
    const int result = restartedIoctl(syncFileFd, SYNC_IOC_FILE_INFO, &info);
    if (result < 0) throw SystemError{-result, "SYNC_IOC_FILE_INFO"};
    if (call > 0 || info.num_fences == 0) break;
    state.fences.resize(info.num_fences);
    info.sync_fence_info = reinterpret_cast<uintptr_t>(state.fences.data());
  }
  state.status = info.status;
  state.fences.resize(std::min<size_t>(state.fences.size(), info.num_fences));
  return state;
}

uint64_t FenceState::signalledNs() const {
  uint64_t last = 0;
  for (const sync_fence_info& fence : fences) last = std::max<uint64_t>(last, fence.timestamp_ns);
  return status == 0 ? 0 : last;
}

napi_value exportSyncFile(const Napi::CallbackInfo& info) {
  const int dmabufFd = fdOf(info[0], "dmabufFd");
  UniqueFd syncFile = exportFences(dmabufFd, accessOf(info[1]));
  return givenAway(info.Env(), std::move(syncFile));
}

napi_value importSyncFile(const Napi::CallbackInfo& info) {
  const int dmabufFd = fdOf(info[0], "dmabufFd");
  const int syncFileFd = fdOf(info[1], "syncFileFd");
  dma_buf_import_sync_file request = {accessOf(info[2]), syncFileFd};
  const int result = restartedIoctl(dmabufFd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &request);
  if (result < 0) throw SystemError{-result, "DMA_BUF_IOCTL_IMPORT_SYNC_FILE"};
  return nullptr;
}

/** The name is for debugfs. */
napi_value mergeSyncFiles(const Napi::CallbackInfo& info) {
  const int first = fdOf(info[0], "first");
  sync_merge_data request = {};
  std::strcpy(request.name, "guesthead");
  request.fd2 = fdOf(info[1], "second");
  request.fence = -1;
  const int result = restartedIoctl(first, SYNC_IOC_MERGE, &request);
  if (result < 0) throw SystemError{-result, "SYNC_IOC_MERGE"};
  return givenAway(info.Env(), UniqueFd(request.fence));
}

napi_value syncFileInfo(const Napi::CallbackInfo& info) {
  const FenceState state = readFences(fdOf(info[0], "fd"));
  const Napi::Env env = info.Env();
  Napi::Array fences = Napi::Array::New(env, state.fences.size());
  for (uint32_t i = 0; i < state.fences.size(); ++i) {
    fences.Set(i, toObject(env, state.fences[i]));
  }
  Napi::Object object = Napi::Object::New(env);
  object.Set("status", state.status);
  object.Set("fences", fences);
  return object;
}

}  // namespace guesthead
