#pragma once

#include <napi.h>

namespace guesthead {

/**
 * userOf(name or number): [name, uid, gid, home, shell, supplementary groups as a Uint32Array], as
 * the system's databases have it; undefined where there is no such user.
 */
napi_value userOf(const Napi::CallbackInfo& info);

/**
 * execAs(uid, gid, groups, command): this process becomes that program of that user, and keeps its
 * number, its environment and what is open at 0, 1 and 2. Returns only by throwing: it may have
 * other groups then, and should end.
 */
napi_value execAs(const Napi::CallbackInfo& info);

/** openPipe(): [end to read, end to write], close-on-exec. */
napi_value openPipe(const Napi::CallbackInfo& info);

}  // namespace guesthead
