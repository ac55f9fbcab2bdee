#include "gl/display.h"

#include <map>
#include <mutex>

#include "gl/failure.h"

namespace guesthead::gl {

/** Each display has a mutex of its own: a driver that hangs holds up only who uses the same. */
struct Display::Users {
  std::mutex mutex;
  int count = 0;
};

/** Never removed, as EGL itself keeps its displays; and never destroyed, for a thread that hangs
 * may outlive `main`. */
Display::Users& Display::usersOf(EGLDisplay display) {
  static auto& mutex = *new std::mutex;
  static auto& all = *new std::map<EGLDisplay, Users>;
  const std::lock_guard<std::mutex> lock(mutex);
  return all[display];
}

Display::Display(const Functions& functions, EGLDisplay display)
    : functions_(functions), display_(display), users_(usersOf(display)) {
  const std::lock_guard<std::mutex> lock(users_.mutex);
  if (!functions_.egl.Initialize(display_, nullptr, nullptr)) {
    const EGLint error = functions_.egl.GetError();
    throw Failure{"ERR_UNSUPPORTED", "eglInitialize: " + eglErrorName(error), ""};
  }
  ++users_.count;
}

Display::~Display() {
  const std::lock_guard<std::mutex> lock(users_.mutex);
  if (--users_.count == 0) functions_.egl.Terminate(display_);
}

}  // namespace guesthead::gl
