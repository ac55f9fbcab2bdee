#include "dbus/library.h"

#include "core/library.h"

namespace guesthead::dbus {
namespace {

Library loadAll() {
  // elogind has the same functions, where a distribution does without systemd.
  void* const library = openLibrary({"libsystemd.so.0", "libelogind.so.0"});
  Library all = {};
  all.create = reinterpret_cast<int (*)(sd_bus**)>(findFunction(library, "sd_bus_new"));
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "sd_bus_" #name));
  GUESTHEAD_BUS_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const Library& Library::load() {
  return loadedOnce<Library, loadAll>();
}

}  // namespace guesthead::dbus
