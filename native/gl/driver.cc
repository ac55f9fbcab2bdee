#include "gl/driver.h"

#include <algorithm>

namespace guesthead::gl {
namespace {

/** Mesa's renderers on the CPU, as GL_RENDERER names them. */
constexpr const char* kSoftware[] = {"llvmpipe", "softpipe", "swrast", "Software"};

bool isSoftware(const std::string& renderer) {
  return std::any_of(std::begin(kSoftware), std::end(kSoftware),
                     [&](const char* name) { return renderer.find(name) != std::string::npos; });
}

/** An extension counts with its functions: a client library lists those of other drivers, too. */
void describeExtensions(Info& info, const Functions& functions, const Extensions& extensions) {
  const auto& [egl, gl] = functions;
  info.bgra = extensions.hasGl("GL_EXT_texture_format_BGRA8888");
  info.rowLength = info.glesMajor >= 3 || extensions.hasGl("GL_EXT_unpack_subimage");
  info.externalTextures =
      extensions.hasGl("GL_OES_EGL_image_external") && gl.EGLImageTargetTexture2DOES != nullptr;
  info.robust = info.robust && extensions.hasGl("GL_EXT_robustness");
  info.nativeFence = extensions.has("EGL_ANDROID_native_fence_sync") &&
                     extensions.has("EGL_KHR_wait_sync") &&
                     egl.DupNativeFenceFDANDROID != nullptr && egl.CreateSyncKHR != nullptr &&
                     egl.DestroySyncKHR != nullptr && egl.WaitSyncKHR != nullptr;
  info.dmabufImport = extensions.has("EGL_KHR_image_base") &&
                      extensions.has("EGL_EXT_image_dma_buf_import") &&
                      extensions.hasGl("GL_OES_EGL_image") && egl.CreateImageKHR != nullptr &&
                      egl.DestroyImageKHR != nullptr && gl.EGLImageTargetTexture2DOES != nullptr &&
                      gl.EGLImageTargetRenderbufferStorageOES != nullptr;
  info.dmabufModifiers =
      info.dmabufImport && extensions.has("EGL_EXT_image_dma_buf_import_modifiers") &&
      egl.QueryDmaBufFormatsEXT != nullptr && egl.QueryDmaBufModifiersEXT != nullptr;
}

std::vector<Modifier> modifiersOf(const Functions& functions, EGLDisplay display, EGLint fourcc) {
  const auto ask = functions.egl.QueryDmaBufModifiersEXT;
  EGLint count = 0;
  if (!ask(display, fourcc, 0, nullptr, nullptr, &count) || count <= 0) return {};
  std::vector<EGLuint64KHR> values(count);
  std::vector<EGLBoolean> externals(count);
  if (!ask(display, fourcc, count, values.data(), externals.data(), &count)) return {};
  std::vector<Modifier> modifiers;
  for (size_t i = 0; i < values.size() && static_cast<EGLint>(i) < count; ++i)
    modifiers.push_back({values[i], externals[i] != EGL_FALSE});
  return modifiers;
}

void describeFormats(Info& info, const Functions& functions, EGLDisplay display) {
  const auto& egl = functions.egl;
  EGLint count = 0;
  if (!egl.QueryDmaBufFormatsEXT(display, 0, nullptr, &count) || count <= 0) return;
  std::vector<EGLint> fourccs(count);
  if (!egl.QueryDmaBufFormatsEXT(display, count, fourccs.data(), &count)) return;
  fourccs.resize(std::min(fourccs.size(), static_cast<size_t>(std::max(count, 0))));
  for (const EGLint fourcc : fourccs) {
    info.formats.push_back(
        {static_cast<uint32_t>(fourcc), modifiersOf(functions, display, fourcc)});
  }
}

}  // namespace

bool Extensions::listed(const std::string& extensions, const char* extension) {
  const std::string words = " " + extensions + " ";
  return words.find(std::string(" ") + extension + " ") != std::string::npos;
}

const char* textOf(const void* text) {
  return text == nullptr ? "" : static_cast<const char*>(text);
}

void describeDriver(Info& info, const Functions& functions, EGLDisplay display,
                    const Extensions& extensions) {
  const auto& gl = functions.gl;
  info.vendor = textOf(gl.GetString(GL_VENDOR));
  info.renderer = textOf(gl.GetString(GL_RENDERER));
  info.glVersion = textOf(gl.GetString(GL_VERSION));
  info.software = isSoftware(info.renderer);
  gl.GetIntegerv(GL_MAX_TEXTURE_SIZE, &info.maxTextureSize);
  describeExtensions(info, functions, extensions);
  if (info.dmabufModifiers) describeFormats(info, functions, display);
}

}  // namespace guesthead::gl
