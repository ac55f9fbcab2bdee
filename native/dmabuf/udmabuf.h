#pragma once

#include <napi.h>

#include "core/unique_fd.h"

namespace guesthead {

/** createUdmabuf(bytes): a dma-buf of ordinary memory; the caller owns the descriptor. */
napi_value createUdmabuf(const Napi::CallbackInfo& info);

/** createMemory(bytes): a memfd that cannot shrink; the caller owns the descriptor. */
napi_value createMemory(const Napi::CallbackInfo& info);

/** wrapMemory(memory, bytes): a dma-buf of such a memfd's pages; the caller owns the descriptor. */
napi_value wrapMemory(const Napi::CallbackInfo& info);

size_t wholePages(size_t bytes);

/**
 * Takes from whoever shares a memfd that it could shrink, which wl_shm's clients may not do anyway.
 * Throws SystemError: EPERM where that is sealed too, EINVAL for what is no memfd.
 */
void sealAgainstShrinking(int memory);

/** A dma-buf of a part of such a memfd, of whole pages. Throws SystemError. */
UniqueFd udmabufOf(int memory, size_t offset, size_t bytes);

}  // namespace guesthead
