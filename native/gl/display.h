#pragma once

#include "gl/functions.h"

namespace guesthead::gl {

/**
 * A share of an initialised EGLDisplay. EGL has one display for one platform and device in the
 * whole process, whose eglTerminate would take it from every thread that draws on it: the last
 * share does that.
 */
class Display {
 public:
  /** Throws Failure. */
  Display(const Functions& functions, EGLDisplay display);
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;
  ~Display();

  EGLDisplay get() const { return display_; }

 private:
  struct Users;
  static Users& usersOf(EGLDisplay display);

  const Functions& functions_;
  const EGLDisplay display_;
  Users& users_;
};

}  // namespace guesthead::gl
