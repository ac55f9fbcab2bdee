/* Preloaded into a test: the libraries that FAKE_MISSING names, separated by spaces, are not there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

void* dlopen(const char* name, int flags) {
  static void* (*real)(const char*, int);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "dlopen");
  const char* missing = getenv("FAKE_MISSING");
  if (name != NULL && missing != NULL && strstr(missing, name) != NULL)
    return real("/nonexistent", flags);
  return real(name, flags);
}
