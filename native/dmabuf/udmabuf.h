#pragma once

#include <napi.h>

namespace guesthead {

/** createUdmabuf(bytes): a dma-buf of ordinary memory; the caller owns the descriptor. */
napi_value createUdmabuf(const Napi::CallbackInfo& info);

}  // namespace guesthead
