#include "gl/functions.h"

#include "core/library.h"
#include "gl/failure.h"

namespace guesthead::gl {
namespace {

Functions loadAll() {
  Functions all = {};
  void* egl = openLibrary({"libEGL.so.1"});
  void* gles = openLibrary({"libGLESv2.so.2"});
  auto& e = all.egl;
  auto& g = all.gl;
  e.GetProcAddress =
      reinterpret_cast<PFNEGLGETPROCADDRESSPROC>(findFunction(egl, "eglGetProcAddress"));
#define GUESTHEAD_LOAD(type, name) e.name = reinterpret_cast<type>(findFunction(egl, "egl" #name));
  GUESTHEAD_EGL_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
#define GUESTHEAD_LOAD(type, name) e.name = reinterpret_cast<type>(e.GetProcAddress("egl" #name));
  GUESTHEAD_EGL_EXTENSIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
#define GUESTHEAD_LOAD(type, name) g.name = reinterpret_cast<type>(findFunction(gles, "gl" #name));
  GUESTHEAD_GL_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
#define GUESTHEAD_LOAD(type, name) g.name = reinterpret_cast<type>(e.GetProcAddress("gl" #name));
  GUESTHEAD_GL_EXTENSIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const Functions& Functions::load() try {
  return loadedOnce<Functions, loadAll>();
} catch (const LibraryMissing& missing) {
  throw Failure{"ERR_LIBRARY_MISSING", missing.name, missing.reason};
}

std::string eglErrorName(int error) {
  static constexpr const char* names[] = {
      "EGL_SUCCESS",       "EGL_NOT_INITIALIZED",     "EGL_BAD_ACCESS",
      "EGL_BAD_ALLOC",     "EGL_BAD_ATTRIBUTE",       "EGL_BAD_CONFIG",
      "EGL_BAD_CONTEXT",   "EGL_BAD_CURRENT_SURFACE", "EGL_BAD_DISPLAY",
      "EGL_BAD_MATCH",     "EGL_BAD_NATIVE_PIXMAP",   "EGL_BAD_NATIVE_WINDOW",
      "EGL_BAD_PARAMETER", "EGL_BAD_SURFACE",         "EGL_CONTEXT_LOST"};
  const int index = error - EGL_SUCCESS;
  if (index < 0 || index >= static_cast<int>(std::size(names))) return std::to_string(error);
  return names[index];
}

std::string glErrorName(unsigned error) {
  switch (error) {
    case GL_INVALID_ENUM:
      return "GL_INVALID_ENUM";
    case GL_INVALID_VALUE:
      return "GL_INVALID_VALUE";
    case GL_INVALID_OPERATION:
      return "GL_INVALID_OPERATION";
    case GL_OUT_OF_MEMORY:
      return "GL_OUT_OF_MEMORY";
    case GL_INVALID_FRAMEBUFFER_OPERATION:
      return "GL_INVALID_FRAMEBUFFER_OPERATION";
    default:
      return std::to_string(error);
  }
}

}  // namespace guesthead::gl
