#pragma once

#include <napi.h>

#include <cstdint>
#include <vector>

#include "gl/dmabuf_layout.h"
#include "gl/effect_program.h"

/** What JavaScript gives. Each throws a TypeError or RangeError that names the argument. */
namespace guesthead::gl {

/** Of a picture's side, and a coordinate in it. */
constexpr double kMostPixels = 1 << 15;

/** Of 64 bits, not negative. */
uint64_t bigintOf(const Napi::Value& value, const char* name);
/** A `struct gbm_device *`, or null. */
void* gbmDeviceOf(const Napi::Value& value);
/** A picture's or an effect's number. */
uint32_t idOf(const Napi::Value& value);
/** 1 to kMostPixels. */
int sizeOf(const Napi::Value& value, const char* name);
/** From three arguments: descriptors, which are duplicated, offsets and pitches. Throws
 * SystemError. */
std::vector<Plane> planesOf(const Napi::CallbackInfo& info, size_t first);
/** From two: names, and how many numbers each has. */
std::vector<Uniform> uniformsOf(const Napi::CallbackInfo& info, size_t first);

}  // namespace guesthead::gl
