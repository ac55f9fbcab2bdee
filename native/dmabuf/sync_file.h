#pragma once

#include <linux/sync_file.h>
#include <napi.h>

#include <string>
#include <vector>

#include "core/unique_fd.h"

namespace guesthead {

/** The fences that `access` to a dma-buf must wait for, as a sync_file. Throws SystemError. */
UniqueFd exportFences(int dmabufFd, uint32_t access);

struct FenceState {
  /** 1 signalled, 0 pending, negative = a fence's error. */
  int status;
  std::vector<sync_fence_info> fences;

  /** CLOCK_MONOTONIC time of the last signal; 0 while pending. */
  uint64_t signalledNs() const;
};

/** Throws SystemError. */
FenceState readFences(int syncFileFd);

/** exportSyncFile(dmabufFd, access) */
napi_value exportSyncFile(const Napi::CallbackInfo& info);
/** importSyncFile(dmabufFd, syncFileFd, access) */
napi_value importSyncFile(const Napi::CallbackInfo& info);
/** mergeSyncFiles(first, second): the caller owns the new descriptor. */
napi_value mergeSyncFiles(const Napi::CallbackInfo& info);
/** syncFileInfo(fd) */
napi_value syncFileInfo(const Napi::CallbackInfo& info);

}  // namespace guesthead
