#include "gl/exit_guard.h"

#include <link.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>

namespace guesthead::gl {
namespace {

/** Never destroyed: the order in which an exit destroys things is what this is about. */
struct Guards {
  std::mutex mutex;
  std::set<ExitGuard*> all;
};

Guards& guards() {
  static auto& only = *new Guards;
  return only;
}

/** How often a library was loaded into this process. */
unsigned long long librariesLoaded() {
  unsigned long long loaded = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* result) {
        *static_cast<unsigned long long*>(result) = info->dlpi_adds;
        return 1;  // each entry has the same number
      },
      &loaded);
  return loaded;
}

}  // namespace

ExitGuard::ExitGuard(std::function<void()> end) : end_(std::move(end)) {
  const std::lock_guard<std::mutex> lock(guards().mutex);
  guards().all.insert(this);
}

ExitGuard::~ExitGuard() {
  const std::lock_guard<std::mutex> lock(guards().mutex);
  guards().all.erase(this);
}

void ExitGuard::arm() {
  static std::atomic<unsigned long long> armed{0};
  const unsigned long long loaded = librariesLoaded();
  if (armed.exchange(loaded) == loaded) return;
#ifdef __GLIBC__
  const auto end = [](int status, void*) {
    endAll();
    if (waitForAll()) return;
    std::fflush(nullptr);
    _exit(status);
  };
  on_exit(end, nullptr);
#else
  std::atexit(endAll);
#endif
}

void ExitGuard::endAll() {
  const std::lock_guard<std::mutex> lock(guards().mutex);
  for (const ExitGuard* guard : guards().all) guard->end_();
}

/** Whether no thread is left; those that were given up earlier are given a second. */
bool ExitGuard::waitForAll() {
  for (int looks = 0; looks < 100 && running_ > 0; ++looks) usleep(10'000);
  return running_ == 0;
}

}  // namespace guesthead::gl
