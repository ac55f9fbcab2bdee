#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <thread>

#include "core/environment.h"
#include "core/errors.h"

namespace guesthead {

/** What a ThreadedCall does. It owns what it works on: the thread may outlive the environment. */
class Work {
 public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  /** On the thread, where nothing of Node-API may be called. Throws SystemError. */
  virtual void run() = 0;
  /** On the loop, once run() has returned: what the promise resolves with. */
  virtual napi_value result(napi_env env) const = 0;
  /** On the loop: makes run() return soon and says true, or cannot. */
  virtual bool cancel() { return false; }
};

/**
 * A call that blocks, on a thread of its own, and the promise of its result.
 *
 * Not a thread of libuv's pool: four long waits would starve file I/O there,
 * and process.exit() joins that pool, hence would wait for the longest.
 * It owns itself until its uv_async_t's close callback. When the environment
 * ends, the promise stays pending; the thread is joined where it can be
 * cancelled, and else left to itself with its share of the work.
 */
class ThreadedCall final : public Closable {
 public:
  /** Starts `work`; its promise. `name` is for async_hooks and errors. Throws SystemError. */
  static napi_value start(napi_env env, const char* name, std::shared_ptr<Work> work);

  void close() override;

 private:
  /** What the thread shares with the loop. */
  struct Shared {
    std::shared_ptr<Work> work;
    const char* name;
    /** Written by the thread, read after it was joined. */
    SystemError failure = {0, ""};
    std::mutex mutex;
    /** Null once nobody waits. */
    uv_async_t* done;
  };

  ThreadedCall(std::shared_ptr<Environment> environment, std::shared_ptr<Shared> shared);
  ThreadedCall(const ThreadedCall&) = delete;
  ThreadedCall& operator=(const ThreadedCall&) = delete;
  ~ThreadedCall() = default;

  napi_value createPromise(napi_env env, const char* name);
  static napi_value keepResolvers(napi_env env, napi_callback_info info);
  void startThread();
  static void run(Shared& shared);
  void settle();
  void leaveThread();
  void releaseResolvers();

  const std::shared_ptr<Environment> environment_;
  std::shared_ptr<Shared> shared_;
  uv_async_t done_{};
  std::thread thread_;
  napi_ref resolve_ = nullptr;
  napi_ref reject_ = nullptr;
  napi_async_context context_ = nullptr;
};

}  // namespace guesthead
