#include "core/library.h"

#include <dlfcn.h>

namespace guesthead {

void* openLibrary(std::initializer_list<const char*> names) {
  const char* last = "";
  for (const char* const name : names) {
    void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library != nullptr) return library;
    last = name;
  }
  throw LibraryMissing{last, dlerror()};
}

void* findFunction(void* library, const char* name) {
  void* const found = dlsym(library, name);
  if (found == nullptr) throw LibraryMissing{name, dlerror()};
  return found;
}

}  // namespace guesthead
