#include "dbus/library.h"

#include <dlfcn.h>

#include <mutex>
#include <optional>

namespace guesthead::dbus {
namespace {

/** elogind has the same functions, where a distribution does without systemd. */
void* open() {
  void* library = dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen("libelogind.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw LibraryMissing{dlerror()};
  return library;
}

void* find(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) throw LibraryMissing{dlerror()};
  return found;
}

Library loadAll() {
  void* library = open();
  Library all = {};
  all.create = reinterpret_cast<int (*)(sd_bus**)>(find(library, "sd_bus_new"));
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(find(library, "sd_bus_" #name));
  GUESTHEAD_BUS_FUNCTIONS(GUESTHEAD_LOAD)
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

}  // namespace guesthead::dbus
