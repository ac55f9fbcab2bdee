#include "gl/given.h"

#include <string>

#include "core/arguments.h"
#include "gl/gbm.h"

namespace guesthead::gl {
namespace {

constexpr double kMostPlanes = 4;

}  // namespace

uint64_t bigintOf(const Napi::Value& value, const char* name) {
  if (!value.IsBigInt())
    throw Napi::TypeError::New(value.Env(), std::string(name) + " must be a bigint");
  bool lossless = false;
  const uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless) throw Napi::RangeError::New(value.Env(), std::string(name) + " must fit 64 bits");
  return number;
}

void* gbmDeviceOf(const Napi::Value& value) {
  const auto address = static_cast<uintptr_t>(bigintOf(value, "gbmDevice"));
  if (address == 0 || isGbmDevice(address)) return reinterpret_cast<void*>(address);
  throw Napi::RangeError::New(value.Env(), "gbmDevice must be a struct gbm_device's address, or 0");
}

uint32_t idOf(const Napi::Value& value) {
  return static_cast<uint32_t>(integerOf(value, "id", 1, UINT32_MAX));
}

int sizeOf(const Napi::Value& value, const char* name) {
  return static_cast<int>(integerOf(value, name, 1, kMostPixels));
}

std::vector<Plane> planesOf(const Napi::CallbackInfo& info, size_t first) {
  const auto fds = uint32sOf(info[first], "fds");
  const auto offsets = uint32sOf(info[first + 1], "offsets");
  const auto pitches = uint32sOf(info[first + 2], "pitches");
  if (fds.length < 1 || fds.length > kMostPlanes || offsets.length != fds.length ||
      pitches.length != fds.length) {
    throw Napi::RangeError::New(info.Env(),
                                "a dma-buf has one to four planes, each with offset and pitch");
  }
  std::vector<Plane> planes;
  for (size_t i = 0; i < fds.length; ++i) {
    planes.push_back(
        {UniqueFd::duplicate(static_cast<int>(fds.data[i])), offsets.data[i], pitches.data[i]});
  }
  return planes;
}

std::vector<Uniform> uniformsOf(const Napi::CallbackInfo& info, size_t first) {
  const auto sizes = uint32sOf(info[first + 1], "sizes");
  if (!info[first].IsArray()) throw Napi::TypeError::New(info.Env(), "names must be an array");
  const Napi::Array names = info[first].As<Napi::Array>();
  if (names.Length() != sizes.length)
    throw Napi::RangeError::New(info.Env(), "each name has a size");
  std::vector<Uniform> uniforms;
  for (uint32_t i = 0; i < names.Length(); ++i) {
    if (sizes.data[i] < 1 || sizes.data[i] > 4) {
      throw Napi::RangeError::New(info.Env(), "a uniform has one to four numbers");
    }
    uniforms.push_back({stringOf(names.Get(i), "name"), static_cast<int>(sizes.data[i])});
  }
  return uniforms;
}

}  // namespace guesthead::gl
