#pragma once

#include <initializer_list>
#include <mutex>
#include <optional>

namespace guesthead {

/** Thrown where a library that is loaded at run time, or a function of it, is not there: becomes an
 * Error with code ERR_LIBRARY_MISSING. */
struct LibraryMissing {
  /** A literal: the file or the function. */
  const char* name;
  /** What the dynamic linker says. */
  const char* reason;
};

/** The first of `names` that is there, never closed. Throws LibraryMissing. */
void* openLibrary(std::initializer_list<const char*> names);

/** Throws LibraryMissing. */
void* findFunction(void* library, const char* name);

/** The table of functions that `load` fills, once in a process; a failed load is tried again. */
template <class Table, Table (*load)()>
const Table& loadedOnce() {
  static std::mutex mutex;
  static std::optional<Table> loaded;
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) loaded = load();
  return *loaded;
}

}  // namespace guesthead
