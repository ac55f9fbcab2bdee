#include "drm/scanout.h"

#include <drm_mode.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <vector>

#include "core/arguments.h"
#include "core/ioctl.h"
#include "drm/request.h"

namespace guesthead {
namespace {

/** Unique in the process: devices of one open file read each other's events. */
uint32_t nextSerial() {
  static std::atomic<uint32_t> last{0};
  return ++last;
}

uint32_t slotOf(const Napi::Value& value) {
  return static_cast<uint32_t>(integerOf(value, "slot", 0, Scanout::kSlots - 1));
}

/** x1, y1, x2, y2 of each rectangle, or none. */
Elements<uint32_t> damageOf(const Napi::Value& value) {
  if (value.IsUndefined()) return {};
  const auto damage = uint32sOf(value, "damage");
  if (damage.length % 4 != 0) {
    throw Napi::RangeError::New(value.Env(), "damage has four numbers for each rectangle");
  }
  return damage;
}

}  // namespace

ScanoutIds ScanoutIds::of(const Napi::Object& ids) {
  return {uint32Of(ids.Get("crtc"), "crtc"),
          uint32Of(ids.Get("plane"), "plane"),
          uint32Of(ids.Get("fbId"), "fbId"),
          uint32Of(ids.Get("inFenceFd"), "inFenceFd"),
          uint32Of(ids.Get("outFencePtr"), "outFencePtr"),
          uint32Of(ids.Get("fbDamageClips"), "fbDamageClips")};
}

ScanoutHandlers ScanoutHandlers::of(const Napi::Object& handlers) {
  return {handlers, functionOf(handlers.Get("flip"), "flip"),
          functionOf(handlers.Get("fence"), "fence"), functionOf(handlers.Get("error"), "error")};
}

void Scanout::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("attach", call<Scanout, &Scanout::attach>),
      method("detach", call<Scanout, &Scanout::detach>),
      method("commit", call<Scanout, &Scanout::commit>),
      method("setCurrent", call<Scanout, &Scanout::setCurrent>),
      method("close", callClose<Scanout>),
  };
  environment.defineClass(kClass, "Scanout", std::size(methods), methods);
}

napi_value Scanout::create(std::shared_ptr<Device> device, const ScanoutIds& ids,
                           const ScanoutHandlers& handlers) {
  Environment& environment = *device->environment();
  const auto scanout = std::make_shared<Scanout>(std::move(device), ids);
  const napi_value owner =
      wrap(environment, scanout, {method("commit", call<Scanout, &Scanout::commit>)});
  scanout->callbacks_.bind(environment.env(), owner, "guesthead:scanout", handlers.receiver,
                           {handlers.flip, handlers.fence, handlers.error});
  scanout->device_->add(scanout.get());
  return owner;
}

Scanout::Scanout(std::shared_ptr<Device> device, const ScanoutIds& ids)
    : device_(std::move(device)), ids_(ids), serial_(nextSerial()) {}

void Scanout::close() {
  if (std::exchange(closed_, true)) return;
  changeFlips(-flips_);
  damage_.reset();
  device_->remove(this);
  callbacks_.release();
  for (auto& slot : slots_) {
    if (slot) slot->detach();  // Slots that replaced each other hold each other.
    slot.reset();
  }
  retired_.clear();
  current_.reset();
  later_.reset();
}

napi_value Scanout::attach(const Napi::CallbackInfo& info) {
  const uint32_t index = slotOf(info[0]);
  const uint32_t framebuffer = uint32Of(info[1], "framebuffer");
  const int dmabufFd = fdOrNoneOf(info[2], "dmabufFd");
  const uint32_t cookie = (generation_ + 1) << 8 | index;
  auto slot =
      std::make_shared<Slot>(device_->environment(), index, cookie, framebuffer, dmabufFd, *this);
  ++generation_;
  forget(index);
  slots_[index] = std::move(slot);
  slotsUsed_ = std::max(slotsUsed_, index + 1);
  return nullptr;
}

napi_value Scanout::detach(const Napi::CallbackInfo& info) {
  forget(slotOf(info[0]));
  return nullptr;
}

/** Its flip may still come, and its predecessor may still wait for its flush. */
void Scanout::forget(uint32_t index) {
  const std::shared_ptr<Slot> slot = std::move(slots_[index]);
  slots_[index].reset();
  if (!slot) return;
  if (slot->flips > 0) retired_.push_back(slot);
  if (current_ == slot) current_.reset();
  stopDraining(*slot);
  slot->detach();
  holdWhileBusy();
}

napi_value Scanout::setCurrent(const Napi::CallbackInfo& info) {
  const int index = static_cast<int>(integerOf(info[0], "slot", -1, kSlots - 1));
  const auto slot = index < 0 ? nullptr : attached(info.Env(), static_cast<uint32_t>(index));
  const bool replaces = current_ && current_ != slot && failure_ == 0;
  if (replaces) {
    const int result = later().start(UV_READABLE);
    if (result < 0) throw SystemError{-result, "epoll_ctl"};
  }
  replaceCurrent(slot);
  if (replaces) holdWhileBusy();
  return nullptr;
}

/**
 * Damage as the kernel takes it: mostly a picture changes where the one before did, and needs none
 * made anew. Where the kernel has no memory for it, all of the picture counts as changed.
 */
class Scanout::DamageBlob {
 public:
  DamageBlob(int fd, const Elements<uint32_t>& damage)
      : fd_(fd), damage_(damage.data, damage.data + damage.length) {
    drm_mode_create_blob blob = {reinterpret_cast<uintptr_t>(damage_.data()),
                                 static_cast<uint32_t>(damage_.size() * sizeof damage_[0]), 0};
    if (restartedIoctl(fd, DRM_IOCTL_MODE_CREATEPROPBLOB, &blob) == 0) id_ = blob.blob_id;
  }
  DamageBlob(const DamageBlob&) = delete;
  DamageBlob& operator=(const DamageBlob&) = delete;
  ~DamageBlob() {
    drm_mode_destroy_blob blob = {id_};
    if (id_ != 0) restartedIoctl(fd_, DRM_IOCTL_MODE_DESTROYPROPBLOB, &blob);
  }
  bool isOf(const Elements<uint32_t>& damage) const {
    return id_ != 0 &&
           std::equal(damage_.begin(), damage_.end(), damage.data, damage.data + damage.length);
  }
  uint32_t id() const { return id_; }

 private:
  const int fd_;
  const std::vector<uint32_t> damage_;
  uint32_t id_ = 0;
};

struct Scanout::Extras {
  int inFence;
  bool wantOutFence;
  /** x1, y1, x2, y2 of each clip; empty: all of it has changed. */
  Elements<uint32_t> damage;
  std::optional<RequestLists> state;
};

napi_value Scanout::commit(const Napi::CallbackInfo& info) {
  const uint32_t index = slotOf(info[0]);
  const int inFence = fdOrNoneOf(info[1], "inFence");
  const uint32_t flags = uint32Of(info[2], "flags");
  const bool wantOutFence = booleanOf(info[3], "wantOutFence");
  std::optional<RequestLists> state;
  if (!info[5].IsUndefined()) {
    state = RequestLists::of(objectOf(info[5], "state"));
    if (closed_) throwClosed(info.Env(), kName);  // A getter of `state` may have closed it.
  }
  const Extras extras = {inFence, wantOutFence, damageOf(info[4]), state};
  const std::shared_ptr<Slot>& slot = attached(info.Env(), index);
  if (failure_ != 0) return numberValue(info.Env(), -failure_);
  const int result = show(info.Env(), *slot, extras, flags);
  if (result >= 0 && (flags & DRM_MODE_PAGE_FLIP_EVENT) != 0) {
    ++slot->flips;
    changeFlips(+1);
    holdWhileBusy();
  }
  return numberValue(info.Env(), result);
}

const std::shared_ptr<Slot>& Scanout::attached(napi_env env, uint32_t index) const {
  if (!slots_[index]) throw Napi::RangeError::New(env, "slot is not attached");
  return slots_[index];
}

/**
 * The one builder of commits that show a buffer. The kernel installs the out-fence's descriptor
 * only when the commit succeeds, so after an error there is nothing to close. A test makes none.
 */
int Scanout::show(napi_env env, const Slot& slot, const Extras& extras, uint32_t flags) {
  const bool fenced = extras.inFence >= 0;
  if ((fenced && ids_.inFenceFd == 0) || (extras.wantOutFence && ids_.outFencePtr == 0)) {
    return -EOPNOTSUPP;
  }
  int32_t outFence = -1;
  const uint32_t clips = ids_.fbDamageClips == 0 ? 0 : blobOf(extras.damage);
  Request request;
  request.set(env, ids_.plane, ids_.fbId, slot.framebuffer);
  if (fenced) request.set(env, ids_.plane, ids_.inFenceFd, static_cast<uint64_t>(extras.inFence));
  if (clips != 0) request.set(env, ids_.plane, ids_.fbDamageClips, clips);
  if (extras.state) request.append(*extras.state);
  if (extras.wantOutFence) {
    request.set(env, ids_.crtc, ids_.outFencePtr, reinterpret_cast<uintptr_t>(&outFence));
  }
  const uint64_t userData = static_cast<uint64_t>(serial_) << 32 | slot.cookie;
  const int result = atomicCommit(device_->fd(), request.arrays(), flags, userData);
  if (result < 0) return result;
  if (outFence == 0) {  // 0 means "none" to the caller.
    outFence = fcntl(0, F_DUPFD_CLOEXEC, 1);
    ::close(0);
  }
  return std::max(outFence, 0);
}

/** 0: all of it. */
uint32_t Scanout::blobOf(const Elements<uint32_t>& damage) {
  if (damage.length == 0) return 0;
  if (!damage_ || !damage_->isOf(damage)) {
    damage_.reset();
    damage_ = std::make_shared<DamageBlob>(device_->fd(), damage);
  }
  return damage_->id();
}

}  // namespace guesthead
