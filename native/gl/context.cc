#include "gl/context.h"

#include <algorithm>
#include <sstream>

#include "gl/failure.h"
#include "gl/gbm.h"

namespace guesthead::gl {
namespace {

/** Mesa's renderers on the CPU, as GL_RENDERER names them. */
constexpr const char* kSoftware[] = {"llvmpipe", "softpipe", "swrast", "Software"};

const char* textOf(const void* text) {
  return text == nullptr ? "" : static_cast<const char*>(text);
}

}  // namespace

bool listed(const char* extensions, const char* extension) {
  std::istringstream words(textOf(extensions));
  for (std::string word; words >> word;) {
    if (word == extension) return true;
  }
  return false;
}

Context::Context(const Gpu& gpu) : functions_(Functions::load()) {
  openDisplay(gpu);
  try {
    makeContext();
    describe();
    describeMemory(gpu);
  } catch (...) {
    destroyContext();
    throw;
  }
}

Context::~Context() {
  destroyContext();
  functions_.egl.ReleaseThread();
}

void Context::openDisplay(const Gpu& gpu) {
  const auto& egl = functions_.egl;
  const EGLDisplay display = displayOf(gpu);
  if (display == EGL_NO_DISPLAY) {
    throw Failure{"ERR_UNSUPPORTED", "eglGetPlatformDisplayEXT: " + eglErrorName(egl.GetError()),
                  ""};
  }
  display_.emplace(functions_, display);
  displayExtensions_ = textOf(egl.QueryString(display, EGL_EXTENSIONS));
  info_.eglVersion = textOf(egl.QueryString(display, EGL_VERSION));
}

EGLDisplay Context::displayOf(const Gpu& gpu) {
  const auto& egl = functions_.egl;
  const char* clients = egl.QueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  if (egl.GetPlatformDisplayEXT == nullptr || !listed(clients, "EGL_EXT_platform_base")) {
    throw Failure{"ERR_UNSUPPORTED", "EGL_EXT_platform_base", "this EGL has no platforms"};
  }
  const bool gbm =
      listed(clients, "EGL_KHR_platform_gbm") || listed(clients, "EGL_MESA_platform_gbm");
  if (gpu.gbmDevice != nullptr && gbm) {
    info_.platform = "gbm";
    return egl.GetPlatformDisplayEXT(EGL_PLATFORM_GBM_KHR, gpu.gbmDevice, nullptr);
  }
  if (!gpu.node.empty()) {
    info_.platform = "device";
    return displayOfNode(gpu.node);
  }
  info_.platform = "surfaceless";
  return egl.GetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, nullptr, nullptr);
}

EGLDisplay Context::displayOfNode(const std::string& node) {
  const auto& egl = functions_.egl;
  EGLDeviceEXT devices[16];
  EGLint count = 0;
  if (egl.QueryDevicesEXT == nullptr || egl.QueryDeviceStringEXT == nullptr ||
      !egl.QueryDevicesEXT(std::size(devices), devices, &count)) {
    count = 0;
  }
  for (EGLint i = 0; i < count; ++i) {
    for (const EGLint name : {EGL_DRM_RENDER_NODE_FILE_EXT, EGL_DRM_DEVICE_FILE_EXT}) {
      const char* file = egl.QueryDeviceStringEXT(devices[i], name);
      if (file != nullptr && node == file) {
        return egl.GetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices[i], nullptr);
      }
    }
  }
  throw Failure{"ERR_UNSUPPORTED", "eglQueryDevicesEXT",
                "EGL knows no device with the node " + node};
}

bool Context::has(const char* extension) const {
  return listed(displayExtensions_.c_str(), extension);
}

bool Context::hasGl(const char* extension) const {
  return listed(glExtensions_.c_str(), extension);
}

/** The best that the driver has: ES 3 before ES 2, told of resets before not. */
void Context::makeContext() {
  if (!has("EGL_KHR_surfaceless_context")) {
    throw Failure{"ERR_UNSUPPORTED", "EGL_KHR_surfaceless_context",
                  "this EGL draws to windows only"};
  }
  const auto& egl = functions_.egl;
  egl.BindAPI(EGL_OPENGL_ES_API);
  const EGLConfig config = anyConfig();
  EGLint error = EGL_SUCCESS;
  for (const int major : {3, 2}) {
    for (const bool robust : {true, false}) {
      if (robust && !has("EGL_EXT_create_context_robustness")) continue;
      if (tryContext(config, major, robust)) return;
      error = egl.GetError();
      destroyContext();
    }
  }
  throw Failure{"ERR_UNSUPPORTED", "eglCreateContext: " + eglErrorName(error),
                "the driver has no OpenGL ES 2"};
}

EGLConfig Context::anyConfig() const {
  EGLConfig config = EGL_NO_CONFIG_KHR;
  if (has("EGL_KHR_no_config_context") || has("EGL_MESA_configless_context")) return config;
  const EGLint wanted[] = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_ES2_BIT, EGL_NONE};
  EGLint count = 0;
  functions_.egl.ChooseConfig(display(), wanted, &config, 1, &count);
  return config;
}

/** Whether it is current; what was made all the same, the caller destroys. */
bool Context::tryContext(EGLConfig config, int major, bool robust) {
  const auto& egl = functions_.egl;
  std::vector<EGLint> attributes = {EGL_CONTEXT_CLIENT_VERSION, major};
  if (robust) {
    attributes.insert(attributes.end(), {EGL_CONTEXT_OPENGL_ROBUST_ACCESS_EXT, EGL_TRUE,
                                         EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_EXT,
                                         EGL_LOSE_CONTEXT_ON_RESET_EXT});
  }
  attributes.push_back(EGL_NONE);
  context_ = egl.CreateContext(display(), config, EGL_NO_CONTEXT, attributes.data());
  info_.glesMajor = major;
  info_.robust = robust;
  return context_ != EGL_NO_CONTEXT &&
         egl.MakeCurrent(display(), EGL_NO_SURFACE, EGL_NO_SURFACE, context_);
}

void Context::destroyContext() {
  if (context_ == EGL_NO_CONTEXT) return;
  functions_.egl.MakeCurrent(display(), EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  functions_.egl.DestroyContext(display(), context_);
  context_ = EGL_NO_CONTEXT;
}

void Context::renew() {
  destroyContext();
  makeContext();
  info_.robust = info_.robust && hasGl("GL_EXT_robustness");
}

GLenum Context::resetStatus() const {
  const auto status = functions_.gl.GetGraphicsResetStatusEXT;
  return info_.robust && status != nullptr ? status() : GL_NO_ERROR;
}

void Context::describe() {
  const auto& gl = functions_.gl;
  info_.vendor = textOf(gl.GetString(GL_VENDOR));
  info_.renderer = textOf(gl.GetString(GL_RENDERER));
  info_.glVersion = textOf(gl.GetString(GL_VERSION));
  glExtensions_ = textOf(gl.GetString(GL_EXTENSIONS));
  gl.GetIntegerv(GL_MAX_TEXTURE_SIZE, &info_.maxTextureSize);
  describeExtensions();
  if (info_.dmabufModifiers) describeFormats();
}

/** An extension counts with its functions: a client library lists those of other drivers, too. */
void Context::describeExtensions() {
  const auto& [egl, gl] = functions_;
  info_.bgra = hasGl("GL_EXT_texture_format_BGRA8888");
  info_.rowLength = info_.glesMajor >= 3 || hasGl("GL_EXT_unpack_subimage");
  info_.externalTextures =
      hasGl("GL_OES_EGL_image_external") && gl.EGLImageTargetTexture2DOES != nullptr;
  info_.robust = info_.robust && hasGl("GL_EXT_robustness");
  info_.nativeFence = has("EGL_ANDROID_native_fence_sync") && has("EGL_KHR_wait_sync") &&
                      egl.DupNativeFenceFDANDROID != nullptr && egl.CreateSyncKHR != nullptr &&
                      egl.DestroySyncKHR != nullptr && egl.WaitSyncKHR != nullptr;
  info_.dmabufImport = has("EGL_KHR_image_base") && has("EGL_EXT_image_dma_buf_import") &&
                       hasGl("GL_OES_EGL_image") && egl.CreateImageKHR != nullptr &&
                       egl.DestroyImageKHR != nullptr && gl.EGLImageTargetTexture2DOES != nullptr &&
                       gl.EGLImageTargetRenderbufferStorageOES != nullptr;
  info_.dmabufModifiers = info_.dmabufImport && has("EGL_EXT_image_dma_buf_import_modifiers") &&
                          egl.QueryDmaBufFormatsEXT != nullptr &&
                          egl.QueryDmaBufModifiersEXT != nullptr;
}

/** Without a node Mesa maps the dma-bufs themselves. */
void Context::describeMemory(const Gpu& gpu) {
  info_.software = std::any_of(std::begin(kSoftware), std::end(kSoftware), [&](const char* name) {
    return info_.renderer.find(name) != std::string::npos;
  });
  info_.ownMemoryOnly = info_.software && gpu.gbmDevice != nullptr;
  if (info_.ownMemoryOnly) ownMemory_.emplace(nodeOfGbmDevice(gpu.gbmDevice));
}

void Context::checkMemory(int dmabuf) const {
  if (ownMemory_) ownMemory_->check(dmabuf);
}

void Context::describeFormats() {
  const auto& egl = functions_.egl;
  EGLint count = 0;
  if (!egl.QueryDmaBufFormatsEXT(display(), 0, nullptr, &count) || count <= 0) return;
  std::vector<EGLint> fourccs(count);
  if (!egl.QueryDmaBufFormatsEXT(display(), count, fourccs.data(), &count)) return;
  fourccs.resize(std::min(fourccs.size(), static_cast<size_t>(std::max(count, 0))));
  for (const EGLint fourcc : fourccs) {
    info_.formats.push_back({static_cast<uint32_t>(fourcc), modifiersOf(fourcc)});
  }
}

std::vector<Modifier> Context::modifiersOf(EGLint fourcc) const {
  const auto ask = functions_.egl.QueryDmaBufModifiersEXT;
  EGLint count = 0;
  if (!ask(display(), fourcc, 0, nullptr, nullptr, &count) || count <= 0) return {};
  std::vector<EGLuint64KHR> values(count);
  std::vector<EGLBoolean> externals(count);
  if (!ask(display(), fourcc, count, values.data(), externals.data(), &count)) return {};
  std::vector<Modifier> modifiers;
  for (size_t i = 0; i < values.size() && static_cast<EGLint>(i) < count; ++i)
    modifiers.push_back({values[i], externals[i] != EGL_FALSE});
  return modifiers;
}

}  // namespace guesthead::gl
