#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/poller.h"

namespace guesthead {

/** Which fences of a dma-buf: those of writers (a flush is one), or readers' too. */
enum class Fences { writers, all };

class Slot;

/** Hears that fences a slot was told to await have signalled, or that polling them failed (errno).
 */
class SlotListener {
 public:
  virtual void onSlotReady(Slot& slot, int error) = 0;

 protected:
  ~SlotListener() = default;
};

/**
 * A framebuffer and its dma-buf. Its scanout holds it while attached; so do a
 * flip under way and the slot that it replaced, which waits for its flush.
 * Each Poller has a descriptor of its own, as libuv polls one only once.
 */
class Slot {
 public:
  /** Duplicates `dmabufFd` (-1: none, all fences count as signalled). Throws SystemError. */
  Slot(const std::shared_ptr<Environment>& environment, uint32_t index, uint32_t cookie,
       uint32_t framebuffer, int dmabufFd, SlotListener& listener);

  const uint32_t index;
  /** Tells this slot's flip events from those of others that had its index. */
  const uint32_t cookie;
  const uint32_t framebuffer;

  bool attached = true;
  /** Flips to it that are under way. */
  uint32_t flips = 0;
  /** `fence` calls it owes: how often it was replaced since the last. */
  uint32_t replacements = 0;
  /** What replaced it. */
  std::shared_ptr<Slot> successor;

  /** Whether the fences have signalled. Throws SystemError. */
  bool signalled(Fences fences) const;
  /** That of this slot and of another one, which may be null, in one system call. */
  std::pair<bool, bool> signalled(Fences fences, const Slot* other, Fences othersFences) const;
  /** Calls the listener once they have. Throws SystemError. */
  void await(Fences fences);
  void stop(Fences fences);
  /** Ends its draining and closes the descriptor that only this needs. */
  void detach();

 private:
  int fdFor(Fences fences) const;
  const std::unique_ptr<Poller>& poller(Fences fences) const {
    return fences == Fences::all ? all_ : writers_;
  }
  std::unique_ptr<Poller> all_;
  std::unique_ptr<Poller> writers_;
};

}  // namespace guesthead
