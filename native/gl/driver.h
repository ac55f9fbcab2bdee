#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gl/functions.h"

namespace guesthead::gl {

struct Modifier {
  uint64_t value;
  /** Only as an external texture: no render target. */
  bool externalOnly;
};

struct DmabufFormat {
  uint32_t fourcc;
  std::vector<Modifier> modifiers;
};

/** What the driver is and has; the same for each context made anew, as `GlInfo` in
 * src/native/gl.ts. */
struct Info {
  /** `gbm`, `device` or `surfaceless`. */
  const char* platform = "";
  std::string vendor, renderer, glVersion, eglVersion;
  int glesMajor = 0;
  int maxTextureSize = 0;
  bool nativeFence = false;
  bool dmabufImport = false;
  bool dmabufModifiers = false;
  bool externalTextures = false;
  bool bgra = false;
  bool rowLength = false;
  bool robust = false;
  /** It draws on the CPU. */
  bool software = false;
  /** It can draw into and from dma-bufs of its own node only. */
  bool ownMemoryOnly = false;
  std::vector<DmabufFormat> formats;
};

/** The names of extensions, separated by spaces. */
struct Extensions {
  std::string display, gl;

  bool has(const char* extension) const { return listed(display, extension); }
  bool hasGl(const char* extension) const { return listed(gl, extension); }

 private:
  static bool listed(const std::string& extensions, const char* extension);
};

/** What a query of EGL or GL answers; null is no text. */
const char* textOf(const void* text);

/** Of the context that is current: all but its platform, version of EGL and of GLES, and what its
 * memory has to be. */
void describeDriver(Info& info, const Functions& functions, EGLDisplay display,
                    const Extensions& extensions);

}  // namespace guesthead::gl
