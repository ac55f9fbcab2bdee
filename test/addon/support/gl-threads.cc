/**
 * The GL thread without JavaScript, for ThreadSanitizer and on the fake EGL: jobs, results and ends
 * from several threads at once. Prints one line for each part that went through; the last leaves a
 * drawing to the exit of the process.
 */
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "gl/thread.h"

using namespace guesthead;
using namespace guesthead::gl;
using std::chrono::milliseconds;

namespace {

void driver(const char* words) {
  const std::string path = std::getenv("FAKE_EGL");
  FILE* file = std::fopen((path + ".new").c_str(), "w");
  std::fputs(words, file);
  std::fclose(file);
  std::rename((path + ".new").c_str(), path.c_str());
}

/** What is open at the driver, of whatever kind. */
int openAtDriver() {
  int total = 0, number = 0;
  FILE* file = std::fopen((std::string(std::getenv("FAKE_EGL")) + ".open").c_str(), "r");
  while (file != nullptr && std::fscanf(file, "%d", &number) == 1) total += number;
  if (file != nullptr) std::fclose(file);
  return total;
}

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::_Exit(1);
}

Composition drawing(uint32_t target, FenceKind fence) {
  Composition composition = {};
  composition.target = target;
  composition.fence = fence;
  composition.isWhole = true;
  Layer layer = {};
  layer.opacity = 1;
  layer.to = {0, 0, 64, 64};
  composition.layers.push_back(std::move(layer));
  return composition;
}

/** Sleeps as the loop does, until its thread wakes it. */
class Loop {
 public:
  void wake() {
    const std::lock_guard<std::mutex> lock(mutex_);
    awake_ = true;
    changed_.notify_all();
  }
  void sleep() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, milliseconds(100), [this] { return awake_; });
    awake_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool awake_ = false;
};

void addDrawing(Thread& thread, uint32_t job) {
  auto composition = std::make_shared<Composition>(drawing(1, FenceKind::native));
  thread.add({job, [composition](Renderer& renderer, Result& result) {
                renderer.compose(*composition, result);
              }});
}

/** Jobs of all kinds, whose results are taken as they come, and an end in the middle where `jobs`
 * is more than `taken`. */
void work(uint32_t jobs, uint32_t taken) {
  Loop loop;
  Thread thread(Gpu{}, [&loop] { loop.wake(); });
  thread.add({1, [](Renderer& renderer, Result&) { renderer.addOffscreen(1, 64, 64); }});
  auto memory = std::make_shared<Pixels>(
      Pixels{{static_cast<uint8_t*>(std::calloc(64 * 64, 4)), std::free}, 64, 64, GL_RGBA});
  thread.add({2, [memory](Renderer& renderer, Result&) { renderer.addPixels(2, memory); }});
  for (uint32_t job = 3; job <= jobs; ++job) addDrawing(thread, job);
  thread.add({kSilent, [](Renderer& renderer, Result&) { renderer.remove(2); }});
  uint32_t next = 0;
  while (next <= taken) {
    for (const Result& result : thread.take()) {
      require(result.job == next++, "a result is out of its order");
      require(!result.failure, "a job failed");
    }
    require(thread.busyMs() >= 0, "busy for less than no time");
    loop.sleep();
  }
  require(thread.end(milliseconds(5000)), "the thread has not ended");
  require(thread.take().empty(), "there is a result after the end");
  require(thread.end(milliseconds(0)), "the thread has ended no more");
}

void many() {
  for (int round = 0; round < 40; ++round) work(20, round % 20);
}

/** They share a display, which is initialised and terminated meanwhile. */
void side_by_side() {
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i) all.emplace_back(many);
  for (std::thread& each : all) each.join();
  require(openAtDriver() == 0, "something is open at the driver");
}

void ends_at_once() {
  for (int round = 0; round < 100; ++round) Thread(Gpu{}, [] {}).end(milliseconds(round % 3));
  for (int round = 0; round < 100; ++round) Thread(Gpu{}, [] {});
}

/** Left by who waited, comes back, and finds nobody. */
void hangs() {
  {
    Thread thread(Gpu{}, [] {});
    thread.add({1, [](Renderer& renderer, Result&) { renderer.addOffscreen(1, 64, 64); }});
    driver("native-fence hang-draw");
    for (uint32_t job = 2; job < 10; ++job) addDrawing(thread, job);
    while (thread.busyMs() < 20) usleep(1000);
    require(!thread.end(milliseconds(10)), "the driver did not hang");
  }
  driver("native-fence");
  while (openAtDriver() > 0) usleep(1000);
}

}  // namespace

int main() {
  driver("native-fence");
  many();
  std::puts("many");
  side_by_side();
  std::puts("side by side");
  ends_at_once();
  while (openAtDriver() > 0) usleep(1000);  // those that nobody waited for
  std::puts("ends at once");
  hangs();
  std::puts("hangs");
  driver("native-fence slow-draw");
  auto& thread = *new Thread(Gpu{}, [] {});
  thread.add({1, [](Renderer& renderer, Result&) { renderer.addOffscreen(1, 64, 64); }});
  for (uint32_t job = 2; job < 10; ++job) addDrawing(thread, job);
  while (thread.busyMs() < 5) usleep(1000);
  std::fflush(stdout);
  std::exit(0);
}
