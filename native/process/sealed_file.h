#pragma once

#include <napi.h>

#include "core/unique_fd.h"

namespace guesthead {

/**
 * A new memfd with these bytes, that nobody can change. It can only be read by the descriptor: a
 * process may map what is sealed against writing shared only by such a one, before Linux 6.7.
 * Throws SystemError.
 */
UniqueFd sealedFile(const char* name, const void* bytes, size_t size);

/** createSealedFile(bytes: Uint8Array): the descriptor, the caller's to close. */
napi_value createSealedFile(const Napi::CallbackInfo& info);

}  // namespace guesthead
