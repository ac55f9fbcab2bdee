#include "session/library.h"

#include "core/library.h"

namespace guesthead::session {
namespace {

Library loadAll() {
  void* const library = openLibrary({"libseat.so.1"});
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "libseat_" #name));
  GUESTHEAD_SEAT_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const Library& Library::load() {
  return loadedOnce<Library, loadAll>();
}

}  // namespace guesthead::session
