#include "wayland/library.h"

#include <dlfcn.h>

#include "core/library.h"

namespace guesthead::wayland {
namespace {

Library loadAll() {
  void* const library = openLibrary({"libwayland-server.so.0"});
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "wl_" #name));
  GUESTHEAD_WAYLAND_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  all.display_set_default_max_buffer_size = reinterpret_cast<void (*)(wl_display*, size_t)>(
      dlsym(library, "wl_display_set_default_max_buffer_size"));
  return all;
}

}  // namespace

const Library& Library::load() {
  return loadedOnce<Library, loadAll>();
}

}  // namespace guesthead::wayland
