#pragma once

#include <cstdint>
#include <deque>
#include <new>
#include <vector>

#include "wayland/abi.h"

namespace guesthead::wayland {

/** As JavaScript's numbers are exact. */
constexpr double kMostHandle = 9007199254740991;

/**
 * Numbers for objects that JavaScript names and libwayland ends: a slot, and how often it was used.
 * A number is never given twice, so that one kept too long means nothing, and 0 is none.
 */
template <class T>
class Handles {
 public:
  struct Slot {
    /** First, so that the listener's address is the slot's. */
    wl_listener destroyed{};
    void* owner = nullptr;
    T* object = nullptr;
    /** What it speaks, where it is a resource. */
    const wl_interface* interface = nullptr;
    /** Whether JavaScript has its number, and so is to hear of its end. */
    bool told = false;
    uint32_t index = 0;
    uint32_t generation = 0;

    double handle() const { return static_cast<double>(generation) * kSlots + index; }
  };

  /** Stays where it is; its listener is the caller's to register. */
  Slot& take(T* object, void* owner) {
    if (free_.empty()) {
      if (slots_.size() >= kSlots) throw std::bad_alloc();
      const auto index = static_cast<uint32_t>(slots_.size());
      Slot& added = slots_.emplace_back();
      added.index = index;
      free_.push_back(&added);
    }
    Slot& slot = *free_.back();
    free_.pop_back();
    ++slot.generation;
    slot.object = object;
    slot.owner = owner;
    slot.told = false;
    ++live_;
    return slot;
  }

  void free(Slot& slot) {
    slot.object = nullptr;
    --live_;
    // A slot whose numbers have run out is not used again.
    if (slot.generation < kGenerations) free_.push_back(&slot);
  }

  /** Null for a number that means nothing (any more). */
  Slot* find(double handle) {
    if (!(handle >= kSlots && handle < kSlots * (kGenerations + 1.0))) return nullptr;
    const auto number = static_cast<uint64_t>(handle);
    const size_t index = number % kSlots;
    if (index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    return slot.object != nullptr && slot.generation == number / kSlots ? &slot : nullptr;
  }

  size_t live() const { return live_; }
  std::deque<Slot>& slots() { return slots_; }

 private:
  static constexpr uint32_t kSlots = 1u << 24;
  static constexpr uint32_t kGenerations = (1u << 29) - 1;

  std::deque<Slot> slots_;
  std::vector<Slot*> free_;
  size_t live_ = 0;
};

}  // namespace guesthead::wayland
