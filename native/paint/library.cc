#include "paint/library.h"

#include "core/library.h"

namespace guesthead::paint {
namespace {

Library loadAll() {
  void* const library = openLibrary({"libpixman-1.so.0"});
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "pixman_" #name));
  GUESTHEAD_PIXMAN_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const Library& Library::load() {
  return loadedOnce<Library, loadAll>();
}

}  // namespace guesthead::paint
