#include "gl/gbm.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <optional>

#include "core/unique_fd.h"

namespace guesthead::gl {
namespace {

/** The word in memory at `address`, by way of a pipe: where the kernel cannot read it, it says so.
 */
std::optional<uintptr_t> wordAt(uintptr_t address) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw SystemError{errno, "pipe2"};
  const UniqueFd from(ends[0]), to(ends[1]);
  uintptr_t word;
  const auto* there = reinterpret_cast<const void*>(address);
  if (write(to.get(), there, sizeof word) != sizeof word) return std::nullopt;
  if (read(from.get(), &word, sizeof word) != sizeof word) return std::nullopt;
  return word;
}

/** Who has a device has libgbm loaded: it is not loaded here. Null where there is none. */
void* function(const char* name) {
  void* libgbm = dlopen("libgbm.so.1", RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
  if (libgbm == nullptr) return nullptr;
  void* found = dlsym(libgbm, name);
  dlclose(libgbm);
  return found;
}

}  // namespace

bool isGbmDevice(uintptr_t address) {
  void* create = function("gbm_create_device");
  return create != nullptr && wordAt(address) == reinterpret_cast<uintptr_t>(create);
}

int nodeOfGbmDevice(void* device) {
  const auto get = reinterpret_cast<int (*)(void*)>(function("gbm_device_get_fd"));
  return get == nullptr ? -1 : get(device);
}

}  // namespace guesthead::gl
