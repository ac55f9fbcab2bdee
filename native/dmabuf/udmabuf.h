#pragma once

#include <napi.h>

namespace guesthead {

/** createUdmabuf(bytes): a dma-buf of ordinary memory; the caller owns the descriptor. */
napi_value createUdmabuf(const Napi::CallbackInfo& info);

/** createMemory(bytes): a memfd that cannot shrink; the caller owns the descriptor. */
napi_value createMemory(const Napi::CallbackInfo& info);

/** wrapMemory(memory, bytes): a dma-buf of such a memfd's pages; the caller owns the descriptor. */
napi_value wrapMemory(const Napi::CallbackInfo& info);

}  // namespace guesthead
