#include "drm/dirty_framebuffer.h"

#include <drm.h>
#include <drm_mode.h>

#include "core/arguments.h"
#include "core/ioctl.h"
#include "core/threaded_call.h"
#include "core/unique_fd.h"

namespace guesthead {
namespace {

/** A flush under way. Nothing can call the kernel back from it. */
class Flush final : public Work {
 public:
  Flush(UniqueFd device, uint32_t framebuffer)
      : device_(std::move(device)), framebuffer_(framebuffer) {}

  /** No rectangles: all of it. */
  void run() override {
    drm_mode_fb_dirty_cmd request = {};
    request.fb_id = framebuffer_;
    const int result = restartedIoctl(device_.get(), DRM_IOCTL_MODE_DIRTYFB, &request);
    if (result < 0) throw SystemError{-result, "DRM_IOCTL_MODE_DIRTYFB"};
  }

  napi_value result(napi_env env) const override { return Napi::Env(env).Undefined(); }

 private:
  const UniqueFd device_;
  const uint32_t framebuffer_;
};

}  // namespace

napi_value dirtyFramebuffer(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const uint32_t framebuffer = uint32Of(info[1], "framebuffer");
  auto flush = std::make_shared<Flush>(UniqueFd::duplicate(fd), framebuffer);
  return ThreadedCall::start(info.Env(), "guesthead:dirtyFramebuffer", std::move(flush));
}

}  // namespace guesthead
