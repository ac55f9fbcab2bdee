#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gl/exit_guard.h"
#include "gl/renderer.h"

namespace guesthead::gl {

/** Of a job whose end nobody hears of. */
constexpr uint32_t kSilent = UINT32_MAX;

/** Something to do on the thread; the result's number is the caller's. */
struct Job {
  uint32_t id;
  std::function<void(Renderer&, Result&)> run;
};

/**
 * The one thread that has a GPU's context. Knows nothing of JavaScript. What it shares with the
 * loop outlives both: a thread that hangs in the driver is left to itself.
 */
class Thread {
 public:
  /** `wake` is called on the thread, when there are results, and when it has ended after `stop`;
   * not after `end`. Throws SystemError. */
  Thread(Gpu gpu, std::function<void()> wake);
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() { end(std::chrono::milliseconds(0)); }

  /** The opening of the GPU has number 0 and stands before every job. */
  void add(Job job);
  /** What has ended since the last call, in the order of the jobs. */
  std::vector<Result> take();
  /** How long the present job has been with the driver; 0 = none is, or it waits for a fence. */
  double busyMs() const;
  /** Drops what has not begun and waits for nothing: no result is told from now on. Idempotent. */
  void stop();
  /** Whether it lets go of the GPU no more than now: `end` then waits for nothing. */
  bool hasEnded() const;
  /** Stops and waits for the driver, at most so long after the first `stop`. Whether the thread has
   * ended: if not, it is left to itself and still uses the GPU. Idempotent. */
  bool end(std::chrono::milliseconds most);

 private:
  using Clock = Watch::Clock;
  /** What the exit of the process waits for a driver. */
  static constexpr std::chrono::milliseconds kExitWait{2000};

  struct Queued {
    Job job;
    Clock::time_point since;
  };

  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Queued> jobs;
    std::vector<Result> results;
    /** Of `wake` alone: whoever is woken asks for the results at once, and shall not find them
     * locked. */
    std::mutex waking;
    std::function<void()> wake;
    Clock::time_point stopped;
    bool ended = false;
    Watch watch;
  };

  static void run(const std::shared_ptr<Shared>& shared, const Gpu& gpu);
  static void work(Shared& shared, Renderer& renderer);
  static bool next(Shared& shared, Queued& queued);
  static void perform(Renderer& renderer, const Queued& queued, Result& result);
  static void tell(Shared& shared, Result result);
  static void wake(Shared& shared);

  std::shared_ptr<Shared> shared_;
  /** Held while it is ended, which the exit of the process may do as well. */
  std::mutex ending_;
  std::thread thread_;
  ExitGuard guard_{[this] { end(kExitWait); }};
};

}  // namespace guesthead::gl
