/** What a Scanout does when the kernel answers: flips, fences, failure. */
#include <sys/eventfd.h>

#include <algorithm>

#include "drm/scanout.h"

namespace guesthead {

/** Promise jobs run as the scope ends: by then no slot is held here that they may have closed. */
void Scanout::onFlip(uint32_t cookie, const drm_event_vblank& event) {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  try {
    tellFlip(cookie, event);
  } catch (const SystemError& error) {
    fail(error);
  }
  holdWhileBusy();
}

void Scanout::tellFlip(uint32_t cookie, const drm_event_vblank& event) {
  const std::shared_ptr<Slot> slot = takeFlipped(cookie);
  if (!slot) return;
  const napi_env env = callbacks_.env();
  const std::shared_ptr<Slot> replaced = current_;
  const auto [flushed, idle] = slot->signalled(Fences::writers, replaced.get(), Fences::all);
  replaceCurrent(slot);
  const double timestamp = event.tv_sec * 1e9 + event.tv_usec * 1e3;
  callbacks_.call(kFlip, {numberValue(env, slot->index), numberValue(env, event.sequence),
                          numberValue(env, timestamp), booleanValue(env, !flushed)});
  if (replaced && replaced->replacements > 0) settle(*replaced, idle, flushed);
}

/** The slot whose flip this event ends, or null for an event nobody waits for. */
std::shared_ptr<Slot> Scanout::takeFlipped(uint32_t cookie) {
  std::shared_ptr<Slot> slot = slots_[cookie % kSlots];
  if (!slot || slot->cookie != cookie) {
    const auto found = std::find_if(retired_.begin(), retired_.end(),
                                    [&](const auto& one) { return one->cookie == cookie; });
    slot = found == retired_.end() ? nullptr : *found;
    if (slot && slot->flips == 1) retired_.erase(found);
  }
  if (!slot || slot->flips == 0) return nullptr;
  --slot->flips;
  changeFlips(-1);
  return slot;
}

/** `successor` may be null: nothing of ours is on the screen. After a failure nothing drains. */
void Scanout::replaceCurrent(const std::shared_ptr<Slot>& successor) {
  const std::shared_ptr<Slot> replaced = current_;
  current_ = successor && successor->attached ? successor : nullptr;
  if (!replaced || replaced == successor || failure_ != 0) return;
  ++replaced->replacements;
  replaced->successor = successor;
}

/** Made at the first need: readable whenever it is started, hence called in the next turn. */
Poller& Scanout::later() {
  if (!later_) {
    UniqueFd always(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!always) throw SystemError{errno, "eventfd"};
    later_ = std::make_unique<Poller>(device_->environment(), std::move(always), [this](int error) {
      later_->stop();
      settleDraining(nullptr, error);
    });
  }
  return *later_;
}

void Scanout::onSlotReady(Slot& ready, int error) {
  ready.stop(Fences::all);
  ready.stop(Fences::writers);
  settleDraining(&ready, error);
}

/** Looks again at the slots that waited for `ready`, or, where it is null, at all. */
void Scanout::settleDraining(const Slot* ready, int error) {
  const auto self = shared_from_this();
  try {
    if (error != 0) throw SystemError{error, "poll"};
    const CallbackScope scope(callbacks_);
    const auto slots = slots_;  // Handlers may change the table.
    for (const auto& slot : slots) {
      const bool waited = slot && (!ready || slot.get() == ready || slot->successor.get() == ready);
      if (waited && slot->replacements > 0)
        settle(*slot, slot->signalled(Fences::all), flushed(*slot));
    }
  } catch (const SystemError& failure) {
    fail(failure);
  }
  holdWhileBusy();
}

/** Whether its successor, if any, has been flushed. */
bool Scanout::flushed(const Slot& slot) {
  return !slot.successor || slot.successor->signalled(Fences::writers);
}

/** Reports a replaced slot if all has signalled, its own fences and its successor's flush, or waits
 * for what has not. */
void Scanout::settle(Slot& slot, bool idle, bool flush) {
  if (idle && flush) return finish(slot);
  if (!idle) slot.await(Fences::all);
  if (!flush) slot.successor->await(Fences::writers);
}

void Scanout::finish(Slot& slot) {
  uint32_t owed = slot.replacements;
  stopDraining(slot);
  const napi_env env = callbacks_.env();
  while (owed-- > 0 && slot.attached && !closed_) {
    callbacks_.call(kFence, {numberValue(env, slot.index)});
  }
}

void Scanout::stopDraining(Slot& slot) {
  slot.stop(Fences::all);
  slot.replacements = 0;
  const std::shared_ptr<Slot> successor = std::move(slot.successor);
  slot.successor.reset();
  if (!successor) return;
  const bool awaited = anySlot([&](const Slot& other) { return other.successor == successor; });
  if (!awaited) successor->stop(Fences::writers);
}

/** The device is gone: one last handler is called, and nothing is waited for any longer. */
void Scanout::fail(SystemError error) {
  if (closed_ || failure_ != 0) return;
  const auto self = shared_from_this();
  failure_ = error.error;
  const CallbackScope scope(callbacks_);
  changeFlips(-flips_);
  for (const auto& slot : slots_) {
    if (slot) stopDraining(*slot);
  }
  callbacks_.call(kError, {toJavaScript(callbacks_.env(), error)});
  holdWhileBusy();
}

void Scanout::changeFlips(int change) {
  flips_ += change;
  device_->changeFlips(change);
}

/** While a handler is still to come, the JavaScript scanout must not be collected. */
void Scanout::holdWhileBusy() {
  if (closed_) return;
  callbacks_.hold(flips_ > 0 || anySlot([](const Slot& slot) { return slot.replacements > 0; }));
}

template <class Predicate>
bool Scanout::anySlot(Predicate predicate) const {
  for (uint32_t index = 0; index < slotsUsed_; ++index) {
    if (slots_[index] && predicate(*slots_[index])) return true;
  }
  return false;
}

}  // namespace guesthead
