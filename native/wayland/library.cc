#include "wayland/library.h"

#include <dlfcn.h>

#include <mutex>
#include <optional>

namespace guesthead::wayland {
namespace {

void* find(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) throw Unavailable{dlerror()};
  return found;
}

Library loadAll() {
  void* library = dlopen("libwayland-server.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Unavailable{dlerror()};
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(find(library, "wl_" #name));
  GUESTHEAD_WAYLAND_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  all.display_set_default_max_buffer_size = reinterpret_cast<void (*)(wl_display*, size_t)>(
      dlsym(library, "wl_display_set_default_max_buffer_size"));
  return all;
}

}  // namespace

const Library& Library::load() {
  static std::mutex mutex;
  static std::optional<Library> loaded;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) loaded = loadAll();
  return *loaded;
}

}  // namespace guesthead::wayland
