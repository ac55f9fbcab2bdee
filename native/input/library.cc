#include "input/library.h"

#include "core/library.h"

namespace guesthead::input {
namespace {

Library loadAll() {
  void* const library = openLibrary({"libinput.so.10"});
  Library all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "libinput_" #name));
  GUESTHEAD_INPUT_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const Library& Library::load() {
  return loadedOnce<Library, loadAll>();
}

}  // namespace guesthead::input
