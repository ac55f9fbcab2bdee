#include "dmabuf/fence_sampler.h"

#include <linux/dma-buf.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>
#include <system_error>

#include "core/arguments.h"
#include "core/callbacks.h"
#include "dmabuf/sync_file.h"

namespace guesthead {
namespace {

constexpr double kMaxIntervalUs = 1e6;
constexpr double kMaxTimeoutMs = 600e3;
constexpr int64_t kSecondNs = 1000000000;

int64_t nowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kSecondNs + now.tv_nsec;
}

/** Waits until one of the descriptors is readable or the time is over. Throws SystemError. */
void waitReadable(pollfd* fds, nfds_t count, int64_t durationNs) {
  const int64_t left = std::max<int64_t>(durationNs, 0);
  const timespec timeout = {left / kSecondNs, left % kSecondNs};
  if (ppoll(fds, count, &timeout, nullptr) < 0 && errno != EINTR) throw SystemError{errno, "ppoll"};
}

/** Node's signal handlers belong on Node's threads. */
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace

napi_value FenceSampler::sample(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "dmabufFd");
  const double intervalUs = numberOf(info[1], "intervalUs", 0, kMaxIntervalUs);
  const double timeoutMs = numberOf(info[2], "timeoutMs", 0, kMaxTimeoutMs);
  UniqueFd dmabuf = UniqueFd::duplicate(fd);
  UniqueFd cancel(eventfd(0, EFD_CLOEXEC));
  if (!cancel) throw SystemError{errno, "eventfd"};
  auto* sampler =
      new FenceSampler(Environment::of(info.Env()), std::move(dmabuf), std::move(cancel));
  try {
    const napi_value promise = sampler->createPromise(info.Env());
    sampler->start(intervalUs, timeoutMs);
    return promise;
  } catch (...) {
    sampler->close();
    throw;
  }
}

FenceSampler::FenceSampler(std::shared_ptr<Environment> environment, UniqueFd dmabuf,
                           UniqueFd cancel)
    : environment_(std::move(environment)), dmabuf_(std::move(dmabuf)), cancel_(std::move(cancel)) {
  done_.data = this;
  uv_async_init(environment_->loop(), &done_,
                [](uv_async_t* done) { static_cast<FenceSampler*>(done->data)->settle(); });
  environment_->handleOpened();
  environment_->add(this);
}

/** A napi_deferred of a promise never settled could not be freed; two references can. */
napi_value FenceSampler::createPromise(napi_env env) {
  napi_value global, constructor, executor, promise, name;
  check(env, napi_get_global(env, &global));
  check(env, napi_get_named_property(env, global, "Promise", &constructor));
  check(env,
        napi_create_function(env, "executor", NAPI_AUTO_LENGTH, keepResolvers, this, &executor));
  check(env, napi_new_instance(env, constructor, 1, &executor, &promise));
  check(env, napi_create_string_utf8(env, "guesthead:sampleFence", NAPI_AUTO_LENGTH, &name));
  check(env, napi_async_init(env, nullptr, name, &context_));
  return promise;
}

/** The Promise constructor calls this before it returns. */
napi_value FenceSampler::keepResolvers(napi_env env, napi_callback_info raw) {
  return guarded(env, [&]() -> napi_value {
    const Napi::CallbackInfo info(env, raw);
    auto* self = static_cast<FenceSampler*>(info.Data());
    check(env, napi_create_reference(env, functionOf(info[0], "resolve"), 1, &self->resolve_));
    check(env, napi_create_reference(env, functionOf(info[1], "reject"), 1, &self->reject_));
    return nullptr;
  });
}

void FenceSampler::start(double intervalUs, double timeoutMs) {
  const auto intervalNs = static_cast<int64_t>(intervalUs * 1e3);
  const auto timeoutNs = static_cast<int64_t>(timeoutMs * 1e6);
  const SignalsBlocked inherited;
  try {
    thread_ = std::thread([=] { run(intervalNs, timeoutNs); });
  } catch (const std::system_error& error) {
    throw SystemError{error.code().value(), "pthread_create"};
  }
}

/** On the thread. Nothing of Node-API may be called here. */
void FenceSampler::run(int64_t intervalNs, int64_t timeoutNs) {
  prctl(PR_SET_TIMERSLACK, 1);  // Else the kernel may add 50 µs to each interval.
  try {
    outcome_.timestampNs = waitForFence(intervalNs, nowNs() + timeoutNs);
  } catch (const SystemError& error) {
    outcome_.failure = error;
  } catch (const std::bad_alloc&) {
    outcome_.failure = {ENOMEM, "sampleFence"};
  }
  uv_async_send(&done_);
}

/** When the fence signalled; 0 = none was seen to, or the sampling was cancelled. */
uint64_t FenceSampler::waitForFence(int64_t intervalNs, int64_t deadlineNs) {
  for (;;) {
    const UniqueFd syncFile = exportFences(dmabuf_.get(), DMA_BUF_SYNC_READ);
    pollfd fds[] = {{cancel_.get(), POLLIN, 0}, {syncFile.get(), POLLIN, 0}};
    bool seen = false;
    while (readFences(syncFile.get()).status == 0 && fds[0].revents == 0) {
      seen = true;
      if (nowNs() >= deadlineNs) return 0;
      waitReadable(fds, 2, deadlineNs - nowNs());
    }
    if (fds[0].revents != 0) return 0;
    if (seen) return readFences(syncFile.get()).signalledNs();
    if (nowNs() >= deadlineNs) return 0;
    waitReadable(fds, 1, std::min(intervalNs, deadlineNs - nowNs()));
    if (fds[0].revents != 0) return 0;
  }
}

/** On the loop, after the thread's last act. */
void FenceSampler::settle() {
  stopThread();
  const napi_env env = environment_->env();
  {
    const CallbackScope scope(env, context_);
    const bool failed = outcome_.failure.error != 0;
    napi_value receiver, function;
    if (napi_get_undefined(env, &receiver) == napi_ok &&
        napi_get_reference_value(env, failed ? reject_ : resolve_, &function) == napi_ok) {
      const napi_value value = guarded(env, [&] {
        return failed ? toJavaScript(env, outcome_.failure)
                      : numberValue(env, static_cast<double>(outcome_.timestampNs));
      });
      if (value != nullptr) callReporting(env, receiver, function, {value});
    }
  }
  close();
}

void FenceSampler::close() {
  environment_->remove(this);
  stopThread();
  releaseResolvers();
  uv_close(reinterpret_cast<uv_handle_t*>(&done_), [](uv_handle_t* closed) {
    auto* self = static_cast<FenceSampler*>(closed->data);
    const auto environment = self->environment_;
    delete self;
    environment->handleClosed();
  });
}

void FenceSampler::stopThread() {
  if (thread_.joinable()) {
    eventfd_write(cancel_.get(), 1);
    thread_.join();
  }
  dmabuf_.reset();
  cancel_.reset();
}

void FenceSampler::releaseResolvers() {
  const napi_env env = environment_->env();
  if (resolve_ != nullptr) napi_delete_reference(env, resolve_);
  if (reject_ != nullptr) napi_delete_reference(env, reject_);
  if (context_ != nullptr) napi_async_destroy(env, context_);
  resolve_ = reject_ = nullptr;
  context_ = nullptr;
}

}  // namespace guesthead
