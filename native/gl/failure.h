#pragma once

#include <string>

namespace guesthead::gl {

/** Thrown where EGL, GL or their libraries refuse: becomes a GuestheadError in src/gl. */
struct Failure {
  /** A code of src/errors.ts. */
  const char* code;
  /** The call that failed, with its error: `eglInitialize: EGL_NOT_INITIALIZED`. */
  std::string operation;
  /** What a driver says of it: a compiler's log. */
  std::string message;
};

/** `EGL_BAD_ALLOC`, or the number. */
std::string eglErrorName(int error);
std::string glErrorName(unsigned error);

}  // namespace guesthead::gl
