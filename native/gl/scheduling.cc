#include "gl/scheduling.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "core/unique_fd.h"

namespace guesthead::gl {
namespace {

/** As Mesa names its threads, with a number behind. */
constexpr const char* kRasterizer = "llvmpipe";
/** TASK_COMM_LEN, a newline in place of its end. */
constexpr size_t kMostName = 16;

/** Empty where it has ended. C++ streams would do it in three lines, and link in all locales: 0.4
 * MB of the packed addon. */
std::string nameOf(const char* thread) {
  const UniqueFd file(
      ::open((std::string("/proc/self/task/") + thread + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
  char name[kMostName];
  const ssize_t bytes = !file ? -1 : read(file.get(), name, sizeof name);
  return bytes <= 0 ? std::string() : std::string(name, static_cast<size_t>(bytes) - 1);
}

/** One that has not run yet has not named itself, and still bears the name of the thread that made
 * it. */
bool isRasterizer(const char* thread, const std::string& maker) {
  const std::string name = nameOf(thread);
  return name.rfind(kRasterizer, 0) == 0 || name == maker;
}

/** 0 = this one. One that has ended meanwhile, or may not be changed, is left as it is. */
void makeBatch(pid_t thread) {
  const sched_param none = {};
  sched_setscheduler(thread, SCHED_BATCH, &none);
}

}  // namespace

void drawInBackground() {
  makeBatch(0);
  const std::string name = nameOf(std::to_string(gettid()).c_str());
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(opendir("/proc/self/task"), closedir);
  if (tasks == nullptr) return;
  while (const dirent* task = readdir(tasks.get())) {
    if (isRasterizer(task->d_name, name)) makeBatch(std::atoi(task->d_name));
  }
}

}  // namespace guesthead::gl
