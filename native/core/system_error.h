#pragma once

namespace guesthead {

/** Thrown where a system call failed; becomes a NativeError (src/native/error.ts) in JavaScript. */
struct SystemError {
  /** Positive errno. */
  int error;
  /** A literal: the name of the call. */
  const char* syscall;
};

}  // namespace guesthead
