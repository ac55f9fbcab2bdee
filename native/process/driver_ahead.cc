#include "process/driver_ahead.h"

#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "core/signals_blocked.h"

namespace guesthead {
namespace {

/** Whoever has set one of these has others in mind. */
bool isToldOtherwise() {
  for (const char* name : {"LIBGL_DRIVERS_PATH", "GBM_BACKENDS_PATH", "GBM_BACKEND"})
    if (getenv(name) != nullptr) return true;
  return false;
}

constexpr const char* kNodes = "/sys/class/drm/";

std::string lastPart(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/** The kernel's. */
std::string driverOf(const char* node) {
  char target[PATH_MAX];
  const std::string link = std::string(kNodes) + node + "/device/driver";
  const ssize_t length = readlink(link.c_str(), target, sizeof target);
  return lastPart(std::string(target, length < 0 ? 0 : length));
}

/** Whether libgbm will need Mesa: NVIDIA's module brings a backend of its own. */
bool isForMesa() {
  const auto close = [](DIR* folder) { closedir(folder); };
  const std::unique_ptr<DIR, decltype(close)> nodes(opendir(kNodes), close);
  bool found = false;
  while (const dirent* const entry = nodes ? readdir(nodes.get()) : nullptr) {
    if (std::string(entry->d_name).rfind("renderD", 0) != 0) continue;
    if (driverOf(entry->d_name) == "nvidia") return false;
    found = true;
  }
  return found;
}

/** The drivers are one library with many names, beside libgbm: a backend of libgbm's own from
 * Mesa 24.3 on. Never closed. */
void loadDriver() {
  link_map* found = nullptr;
  void* const gbm = dlopen("libgbm.so.1", RTLD_NOW | RTLD_LOCAL);
  if (gbm == nullptr || dlinfo(gbm, RTLD_DI_LINKMAP, &found) != 0) return;
  const std::string path(found->l_name);
  const std::string folder = path.substr(0, path.size() - lastPart(path).size());
  for (const char* name : {"gbm/dri_gbm.so", "dri/kms_swrast_dri.so"})
    if (dlopen((folder + name).c_str(), RTLD_NOW | RTLD_LOCAL) != nullptr) return;
}

}  // namespace

napi_value loadDriverAhead(const Napi::CallbackInfo& info) {
  static std::atomic<bool> begun{false};
  if (!begun.exchange(true) && !isToldOtherwise() && isForMesa()) {
    const SignalsBlocked blocked;
    std::thread(loadDriver).detach();
  }
  return info.Env().Undefined();
}

}  // namespace guesthead
