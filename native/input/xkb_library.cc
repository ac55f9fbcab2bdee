#include "input/xkb_library.h"

#include "core/library.h"

namespace guesthead::input {
namespace {

XkbLibrary loadXkb() {
  void* const library = openLibrary({"libxkbcommon.so.0"});
  XkbLibrary all = {};
#define GUESTHEAD_LOAD(result, name, parameters) \
  all.name = reinterpret_cast<result(*) parameters>(findFunction(library, "xkb_" #name));
  GUESTHEAD_XKB_FUNCTIONS(GUESTHEAD_LOAD)
#undef GUESTHEAD_LOAD
  return all;
}

}  // namespace

const XkbLibrary& XkbLibrary::load() {
  return loadedOnce<XkbLibrary, loadXkb>();
}

}  // namespace guesthead::input
