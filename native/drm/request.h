#pragma once

#include <napi.h>

#include <array>

#include "drm/atomic.h"

namespace guesthead {

/** `AtomicRequest` of src/native/drm.ts: three lists of one length, fetched but not read yet. */
struct RequestLists {
  /** Runs JavaScript where a property is a getter: what it may close is to be looked at afterwards.
   */
  static RequestLists of(const Napi::Object& request);
  Napi::Value objects, properties, values;
};

/**
 * An atomic request in fixed memory, for whole commits and for every frame. The kernel
 * takes an object twice, so a run of assignments to one object is one entry.
 */
class Request {
 public:
  static constexpr uint32_t kMost = 64;

  /** Throws RangeError where there is no room. */
  void set(napi_env env, uint32_t object, uint32_t property, uint64_t value);
  /** Throws TypeError, or RangeError where the lists differ in length or there is no room. */
  void append(const RequestLists& lists);
  /** Valid as long as this. */
  AtomicArrays arrays() const;

 private:
  std::array<uint32_t, kMost> objects_, counts_, properties_;
  std::array<uint64_t, kMost> values_;
  uint32_t runs_ = 0;
  uint32_t assignments_ = 0;
};

}  // namespace guesthead
