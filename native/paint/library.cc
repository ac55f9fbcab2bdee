#include "paint/library.h"

#include <dlfcn.h>

#include <mutex>
#include <optional>

namespace guesthead::paint {
namespace {

void* find(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) throw Unavailable{dlerror()};
  return found;
}

Library loadAll() {
  void* library = dlopen("libpixman-1.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Unavailable{dlerror()};
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(find(library, "pixman_" #name));
  GUESTHEAD_PIXMAN_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
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

}  // namespace guesthead::paint
