#include "gl/thread.h"

#include <pthread.h>

#include <exception>
#include <new>
#include <system_error>

#include "core/signals_blocked.h"
#include "gl/scheduling.h"

namespace guesthead::gl {
namespace {

/** Runs it, and makes of what it throws a failure. */
template <class Body>
void guarded(Result& result, Body body) {
  try {
    body();
  } catch (const Failure& failure) {
    result.failure = failure;
  } catch (const SystemError& error) {
    result.failure = Failure{"ERR_SYSTEM", error.syscall, std::to_string(error.error)};
  } catch (const std::bad_alloc&) {
    result.failure = Failure{"ERR_ALLOCATION", "malloc", "no memory left"};
  } catch (const std::exception& error) {
    result.failure = Failure{"ERR_GL", error.what(), ""};
  }
}

}  // namespace

Thread::Thread(Gpu gpu, std::function<void()> wake) : shared_(std::make_shared<Shared>()) {
  shared_->wake = std::move(wake);
  const SignalsBlocked inherited;
  try {
    thread_ = std::thread([shared = shared_, gpu = std::move(gpu)] { run(shared, gpu); });
  } catch (const std::system_error& error) {
    throw SystemError{error.code().value(), "pthread_create"};
  }
}

void Thread::add(Job job) {
  {
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->jobs.push_back({std::move(job), Clock::now()});
  }
  shared_->changed.notify_all();
}

std::vector<Result> Thread::take() {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  return std::exchange(shared_->results, {});
}

double Thread::busyMs() const {
  const Clock::rep since = shared_->watch.since.load();
  if (since == 0) return 0;
  const Clock::duration busy = Clock::now().time_since_epoch() - Clock::duration(since);
  return std::chrono::duration<double, std::milli>(busy).count();
}

/** What is dropped goes once the lock is released: it closes descriptors. */
void Thread::stop() {
  std::deque<Queued> dropped;
  std::vector<Result> untold;
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  if (shared_->watch.ending.exchange(true)) return;
  shared_->stopped = Clock::now();
  dropped.swap(shared_->jobs);
  untold.swap(shared_->results);
  shared_->changed.notify_all();
}

bool Thread::hasEnded() const {
  const std::lock_guard<std::mutex> lock(shared_->mutex);
  return shared_->ended;
}

bool Thread::end(std::chrono::milliseconds most) {
  const std::lock_guard<std::mutex> once(ending_);
  if (!thread_.joinable()) return true;
  {
    const std::lock_guard<std::mutex> lock(shared_->waking);
    shared_->wake = nullptr;
  }
  stop();
  std::unique_lock<std::mutex> lock(shared_->mutex);
  const bool ended =
      shared_->changed.wait_until(lock, shared_->stopped + most, [this] { return shared_->ended; });
  lock.unlock();
  ended ? thread_.join() : thread_.detach();
  return ended;
}

void Thread::run(const std::shared_ptr<Shared>& shared, const Gpu& gpu) {
  pthread_setname_np(pthread_self(), "guesthead-gl");
  ExitGuard::enter();
  std::unique_ptr<Renderer> renderer;
  Result opened;
  shared->watch.begin();
  guarded(opened, [&] {
    renderer = std::make_unique<Renderer>(gpu, shared->watch);
    opened.info = renderer->info();
    if (renderer->info().software) drawInBackground();
  });
  ExitGuard::arm();
  shared->watch.end();
  tell(*shared, std::move(opened));
  if (renderer != nullptr) work(*shared, *renderer);
  renderer.reset();
  {
    const std::lock_guard<std::mutex> lock(shared->mutex);
    shared->ended = true;
    shared->changed.notify_all();
  }
  wake(*shared);
  ExitGuard::leave();
}

void Thread::work(Shared& shared, Renderer& renderer) {
  for (Queued queued; next(shared, queued);) {
    const auto begun = Clock::now();
    Result result;
    result.job = queued.job.id;
    result.queueMs = std::chrono::duration<double, std::milli>(begun - queued.since).count();
    shared.watch.begin();
    perform(renderer, queued, result);
    shared.watch.end();
    const Clock::duration spent = Clock::now() - begun;
    result.drawMs = std::chrono::duration<double, std::milli>(spent).count() - result.waitMs;
    queued = {};  // what the job holds is let go of before it is told
    if (result.job != kSilent) tell(shared, std::move(result));
  }
}

/** False when the thread shall end. */
bool Thread::next(Shared& shared, Queued& queued) {
  std::unique_lock<std::mutex> lock(shared.mutex);
  shared.changed.wait(lock, [&] { return shared.watch.ending || !shared.jobs.empty(); });
  if (shared.watch.ending) return false;
  queued = std::move(shared.jobs.front());
  shared.jobs.pop_front();
  return true;
}

/** After a reset that was another's fault the job is done once more, in a context made anew. */
void Thread::perform(Renderer& renderer, const Queued& queued, Result& result) {
  const double queueMs = result.queueMs;
  guarded(result, [&] {
    if (renderer.isDead()) renderer.renew();
    queued.job.run(renderer, result);
  });
  if (queued.job.id == kSilent) return;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Reset reset = renderer.reset();
    if (reset == Reset::none) return;
    result = {};
    result.job = queued.job.id;
    result.queueMs = queueMs;
    result.renewed = true;
    guarded(result, [&] {
      renderer.renew();
      if (reset == Reset::guilty || attempt > 0) {
        throw Failure{"ERR_DEVICE_LOST", "glGetGraphicsResetStatus",
                      "the GPU was reset while it drew this"};
      }
      queued.job.run(renderer, result);
    });
  }
}

void Thread::tell(Shared& shared, Result result) {
  {
    const std::lock_guard<std::mutex> lock(shared.mutex);
    if (shared.watch.ending) return;
    shared.results.push_back(std::move(result));
  }
  wake(shared);
}

void Thread::wake(Shared& shared) {
  const std::lock_guard<std::mutex> lock(shared.waking);
  if (shared.wake != nullptr) shared.wake();
}

}  // namespace guesthead::gl
