#pragma once

#include <drm.h>

#include <array>
#include <memory>
#include <vector>

#include "core/arguments.h"
#include "core/callbacks.h"
#include "core/object.h"
#include "drm/device.h"
#include "drm/slot.h"

namespace guesthead {

/** As in src/native/drm.ts; 0 = the driver has no such property. */
struct ScanoutIds {
  static ScanoutIds of(const Napi::Object& ids);
  uint32_t crtc, plane, fbId, inFenceFd, outFencePtr, fbDamageClips;
};

struct ScanoutHandlers {
  static ScanoutHandlers of(const Napi::Object& handlers);
  Napi::Object receiver;
  Napi::Function flip, fence, error;
};

/**
 * One CRTC's frame path.
 *
 *   commit(Y) ──► flip event ──► Y is current, X is replaced and drains
 *                                X drains until POLLOUT on X (every fence of its readers and
 *                                writers) and POLLIN on Y (Y's flush) ──► fence(X)
 *
 * setCurrent(Y), for a modeset, replaces X likewise; X is looked at a turn later,
 * so that no handler runs within setCurrent.
 *
 * A handler may call any method, close() included: after each call of one,
 * `closed_` and the slot's own state are looked at again.
 */
class Scanout final : public SlotListener, public std::enable_shared_from_this<Scanout> {
 public:
  static constexpr Class kClass = Class::scanout;
  static constexpr const char* kName = "scanout";
  static constexpr uint32_t kSlots = 64;
  static void define(Environment& environment);
  static napi_value create(std::shared_ptr<Device> device, const ScanoutIds& ids,
                           const ScanoutHandlers& handlers);

  Scanout(std::shared_ptr<Device> device, const ScanoutIds& ids);
  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close();

  // For its device.
  uint32_t serial() const { return serial_; }
  const Callbacks& callbacks() const { return callbacks_; }
  void onFlip(uint32_t cookie, const drm_event_vblank& event);
  void fail(SystemError error);

 private:
  enum Handler : uint32_t { kFlip, kFence, kError };

  napi_value attach(const Napi::CallbackInfo& info);
  napi_value detach(const Napi::CallbackInfo& info);
  napi_value commit(const Napi::CallbackInfo& info);
  napi_value setCurrent(const Napi::CallbackInfo& info);
  const std::shared_ptr<Slot>& attached(napi_env env, uint32_t index) const;
  /** What a commit shows beside the framebuffer. */
  struct Extras;
  class DamageBlob;
  int show(napi_env env, const Slot& slot, const Extras& extras, uint32_t flags);
  uint32_t blobOf(const Elements<uint32_t>& damage);
  void forget(uint32_t index);

  void tellFlip(uint32_t cookie, const drm_event_vblank& event);
  std::shared_ptr<Slot> takeFlipped(uint32_t cookie);
  void replaceCurrent(const std::shared_ptr<Slot>& successor);
  Poller& later();
  void onSlotReady(Slot& ready, int error) override;
  void settleDraining(const Slot* ready, int error);
  static bool flushed(const Slot& slot);
  void settle(Slot& slot, bool idle, bool flush);
  void finish(Slot& slot);
  void stopDraining(Slot& slot);
  void changeFlips(int change);
  void holdWhileBusy();
  template <class Predicate>
  bool anySlot(Predicate predicate) const;

  const std::shared_ptr<Device> device_;
  const ScanoutIds ids_;
  const uint32_t serial_;
  Callbacks callbacks_;
  std::array<std::shared_ptr<Slot>, kSlots> slots_;
  /** Past the highest that was ever attached: the others are not looked at, at each flip. */
  uint32_t slotsUsed_ = 0;
  /** Detached while a flip to them was under way. */
  std::vector<std::shared_ptr<Slot>> retired_;
  std::shared_ptr<Slot> current_;
  std::unique_ptr<Poller> later_;
  /** Of the last commit that had any. */
  std::shared_ptr<DamageBlob> damage_;
  uint32_t generation_ = 0;
  int flips_ = 0;
  int failure_ = 0;
  bool closed_ = false;
};

}  // namespace guesthead
