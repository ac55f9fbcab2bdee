#include "dmabuf/fence_sampler.h"

#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

#include <algorithm>
#include <ctime>

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

/** Whether a writer's fence is pending: asked many times a sample, hence by the cheapest of calls.
 * Throws SystemError. */
bool isPending(int dmabufFd) {
  pollfd ready = {dmabufFd, POLLIN, 0};
  const int count = poll(&ready, 1, 0);
  if (count < 0 && errno != EINTR) throw SystemError{errno, "poll"};
  return count == 0;
}

}  // namespace

napi_value FenceSampler::sample(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "dmabufFd");
  const double intervalUs = numberOf(info[1], "intervalUs", 0, kMaxIntervalUs);
  const double timeoutMs = numberOf(info[2], "timeoutMs", 0, kMaxTimeoutMs);
  UniqueFd dmabuf = UniqueFd::duplicate(fd);
  UniqueFd cancel(eventfd(0, EFD_CLOEXEC));
  if (!cancel) throw SystemError{errno, "eventfd"};
  auto sampler = std::make_shared<FenceSampler>(std::move(dmabuf), std::move(cancel),
                                                static_cast<int64_t>(intervalUs * 1e3),
                                                static_cast<int64_t>(timeoutMs * 1e6));
  return ThreadedCall::start(info.Env(), "guesthead:sampleFence", std::move(sampler));
}

void FenceSampler::run() {
  prctl(PR_SET_TIMERSLACK, 1);  // Else the kernel may add 50 µs to each interval.
  timestampNs_ = waitForFence(nowNs() + timeoutNs_);
}

napi_value FenceSampler::result(napi_env env) const {
  return numberValue(env, static_cast<double>(timestampNs_));
}

bool FenceSampler::cancel() {
  return eventfd_write(cancel_.get(), 1) == 0;
}

/** When the fence signalled; 0 = none was seen to, or the sampling was cancelled. */
uint64_t FenceSampler::waitForFence(int64_t deadlineNs) const {
  pollfd cancelled = {cancel_.get(), POLLIN, 0};
  for (bool first = true;; first = false) {  // The first export tells a dma-buf from what is none.
    const bool look = first || isPending(dmabuf_.get());
    const uint64_t signalledNs = look ? waitForSignal(deadlineNs) : 0;
    const int64_t leftNs = deadlineNs - nowNs();
    if (signalledNs != 0 || leftNs <= 0) return signalledNs;
    waitReadable(&cancelled, 1, std::min(intervalNs_, leftNs));
    if (cancelled.revents != 0) return 0;
  }
}

/** Of the fences there are now; 0 = they had signalled in the meantime, the time is over, or as
 * above. */
uint64_t FenceSampler::waitForSignal(int64_t deadlineNs) const {
  const UniqueFd syncFile = exportFences(dmabuf_.get(), DMA_BUF_SYNC_READ);
  pollfd fds[] = {{cancel_.get(), POLLIN, 0}, {syncFile.get(), POLLIN, 0}};
  bool seen = false;
  while (readFences(syncFile.get()).status == 0) {
    seen = true;
    if (nowNs() >= deadlineNs) return 0;
    waitReadable(fds, 2, deadlineNs - nowNs());
    if (fds[0].revents != 0) return 0;
  }
  return seen ? readFences(syncFile.get()).signalledNs() : 0;
}

}  // namespace guesthead
