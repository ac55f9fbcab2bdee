#include "drm/device.h"

#include <drm_mode.h>
#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/arguments.h"
#include "drm/request.h"
#include "drm/scanout.h"

namespace guesthead {
namespace {

/** What of a commit flag word a whole commit may have: it has no handler for a flip event. */
constexpr double kWholeCommitFlags =
    DRM_MODE_ATOMIC_TEST_ONLY | DRM_MODE_ATOMIC_NONBLOCK | DRM_MODE_ATOMIC_ALLOW_MODESET;

/** 1 = there are events, 0 = none now, or a negative errno. */
int pollEvents(int fd) {
  pollfd ready = {fd, POLLIN, 0};
  if (poll(&ready, 1, 0) <= 0) return 0;
  return (ready.revents & (POLLIN | POLLHUP)) != 0 ? 1 : -ENODEV;
}

/**
 * Reads events, without blocking although the file may be a blocking one (its
 * flags are the caller's, too). Bytes read, 0 = somebody else read them, or a
 * negative errno.
 */
ssize_t readEvents(int fd, bool blocks, char* buffer, size_t size) {
  if (const int found = blocks ? pollEvents(fd) : 1; found <= 0) return found;
  const ssize_t length = read(fd, buffer, size);
  if (length > 0) return length;
  if (length == 0) return -ENODEV;
  if (errno == EAGAIN) return blocks ? 0 : std::min(pollEvents(fd), 0);
  return errno == EINTR ? 0 : -errno;
}

bool isBlocking(int fd) {
  return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

}  // namespace

void Device::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("commit", call<Device, &Device::commit>),
      method("commitAtEnd", call<Device, &Device::commitAtEnd>),
      method("createScanout", call<Device, &Device::createScanout>),
      method("close", callClose<Device>),
  };
  environment.defineClass(kClass, "Device", std::size(methods), methods);
}

napi_value Device::open(const Napi::CallbackInfo& info) {
  const int fd = fdOf(info[0], "fd");
  const auto& environment = Environment::of(info.Env());
  return wrap(*environment, std::make_shared<Device>(environment, UniqueFd::duplicate(fd)));
}

Device::Device(std::shared_ptr<Environment> environment, UniqueFd fd)
    : environment_(std::move(environment)), fd_(std::move(fd)), blocks_(isBlocking(fd_.get())) {
  environment_->add(this);
}

napi_value Device::commit(const Napi::CallbackInfo& info) {
  const RequestLists lists = RequestLists::of(objectOf(info[0], "request"));
  const double flags = integerOf(info[1], "flags", 0, kWholeCommitFlags);
  if ((static_cast<uint32_t>(flags) & ~static_cast<uint32_t>(kWholeCommitFlags)) != 0) {
    throw Napi::RangeError::New(info.Env(), "flags may be testOnly, nonblock and allowModeset");
  }
  if (closed()) throwClosed(info.Env(), kName);  // A getter of `request` may have closed it.
  Request request;
  request.append(lists);
  const int result = atomicCommit(fd_.get(), request.arrays(), static_cast<uint32_t>(flags), 0);
  if (result < 0) throw SystemError{-result, "DRM_IOCTL_MODE_ATOMIC"};
  return nullptr;
}

napi_value Device::commitAtEnd(const Napi::CallbackInfo& info) {
  const uint32_t crtc = uint32Of(info[0], "crtc");
  if (info[1].IsNull()) {
    atEnd_.erase(crtc);
    return nullptr;
  }
  const RequestLists lists = RequestLists::of(objectOf(info[1], "request"));
  if (closed()) throwClosed(info.Env(), kName);  // As in commit.
  Request request;
  request.append(lists);
  atEnd_.insert_or_assign(crtc, request);
  return nullptr;
}

napi_value Device::createScanout(const Napi::CallbackInfo& info) {
  const ScanoutIds ids = ScanoutIds::of(objectOf(info[0], "ids"));
  const ScanoutHandlers handlers = ScanoutHandlers::of(objectOf(info[1], "handlers"));
  if (closed()) throwClosed(info.Env(), kName);  // As in commit.
  if (failure_ != 0) throw SystemError{failure_, "read"};
  if (!poller_) {
    poller_ = std::make_unique<Poller>(environment_, UniqueFd::duplicate(fd_.get()),
                                       [this](int error) { onReadable(error); });
    poller_->setReferenced(false);
  }
  return Scanout::create(shared_from_this(), ids, handlers);
}

void Device::add(Scanout* scanout) {
  const int result = poller_->start(UV_READABLE);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  scanouts_.push_back(scanout);
}

void Device::remove(Scanout* scanout) {
  const auto found = std::find(scanouts_.begin(), scanouts_.end(), scanout);
  if (found != scanouts_.end()) scanouts_.erase(found);
  if (scanouts_.empty() && poller_) poller_->stop();
}

void Device::changeFlips(int change) {
  flips_ += change;
  if (poller_) poller_->setReferenced(flips_ > 0);
}

/** A refusal is not told to anybody: closing the file turns off what shows our framebuffers. */
void Device::endWithEnvironment() {
  for (const auto& [crtc, request] : atEnd_) {
    atomicCommit(fd_.get(), request.arrays(), DRM_MODE_ATOMIC_ALLOW_MODESET, 0);
  }
  close();
}

void Device::close() {
  if (closed()) return;
  environment_->remove(this);
  const std::vector<Scanout*> scanouts = std::move(scanouts_);
  scanouts_.clear();
  for (Scanout* scanout : scanouts) scanout->close();
  poller_.reset();
  atEnd_.clear();
  fd_.reset();
}

void Device::onReadable(int error) {
  const auto self = shared_from_this();
  alignas(drm_event_vblank) char events[4096];
  const ssize_t size = readEvents(fd_.get(), blocks_, events, sizeof events);
  if (size > 0) dispatch(events, static_cast<size_t>(size));
  if (size < 0) fail({static_cast<int>(-size), "read"});
  if (error != 0) fail({error, "poll"});
}

/**
 * The buffer is ours: whatever a handler closes, the rest of it stays readable. Of several events
 * all are told before any promise job or process.nextTick runs: handlers leave there what can wait
 * until the other scanouts, too, have answered.
 */
void Device::dispatch(const char* events, size_t size) {
  const auto first = size > sizeof(drm_event_vblank) && !scanouts_.empty()
                         ? scanouts_.front()->shared_from_this()
                         : nullptr;
  std::optional<CallbackScope> whole;
  if (first) whole.emplace(first->callbacks());
  for (size_t at = 0; size - at >= sizeof(drm_event);) {
    drm_event head;
    std::memcpy(&head, events + at, sizeof head);
    if (head.length < sizeof head || head.length > size - at) return;
    if (head.type == DRM_EVENT_FLIP_COMPLETE && head.length >= sizeof(drm_event_vblank)) {
      drm_event_vblank event;
      std::memcpy(&event, events + at, sizeof event);
      flipped(event);
    }
    at += head.length;
  }
}

/** An event of a scanout that was closed meanwhile, or of another Device on the same file, is lost.
 */
void Device::flipped(const drm_event_vblank& event) {
  Scanout* scanout = find(static_cast<uint32_t>(event.user_data >> 32));
  if (scanout != nullptr) scanout->onFlip(static_cast<uint32_t>(event.user_data), event);
}

/** Handlers may close scanouts and the device, and thereby change `scanouts_`. */
void Device::fail(SystemError error) {
  if (failure_ != 0 || closed()) return;
  failure_ = error.error;
  poller_->stop();
  std::vector<uint32_t> serials;
  for (const Scanout* scanout : scanouts_) serials.push_back(scanout->serial());
  for (const uint32_t serial : serials) {
    if (Scanout* scanout = find(serial)) scanout->fail(error);
  }
}

Scanout* Device::find(uint32_t serial) const {
  const auto found = std::find_if(scanouts_.begin(), scanouts_.end(),
                                  [&](const Scanout* one) { return one->serial() == serial; });
  return found == scanouts_.end() ? nullptr : *found;
}

}  // namespace guesthead
