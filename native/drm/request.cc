#include "drm/request.h"

#include "core/arguments.h"

namespace guesthead {

RequestLists RequestLists::of(const Napi::Object& request) {
  return {request.Get("objects"), request.Get("properties"), request.Get("values")};
}

void Request::set(napi_env env, uint32_t object, uint32_t property, uint64_t value) {
  if (assignments_ == kMost) {
    throw Napi::RangeError::New(env, "an atomic request has at most 64 assignments");
  }
  if (runs_ == 0 || objects_[runs_ - 1] != object) {
    objects_[runs_] = object;
    counts_[runs_++] = 0;
  }
  ++counts_[runs_ - 1];
  properties_[assignments_] = property;
  values_[assignments_++] = value;
}

void Request::append(const RequestLists& lists) {
  const auto objects = uint32sOf(lists.objects, "objects");
  const auto properties = uint32sOf(lists.properties, "properties");
  const auto values = uint64sOf(lists.values, "values");
  const napi_env env = lists.objects.Env();
  if (objects.length != properties.length || objects.length != values.length) {
    throw Napi::RangeError::New(env, "objects, properties and values differ in length");
  }
  for (size_t i = 0; i < objects.length; ++i) {
    set(env, objects.data[i], properties.data[i], values.data[i]);
  }
}

AtomicArrays Request::arrays() const {
  return {runs_, objects_.data(), counts_.data(), properties_.data(), values_.data()};
}

}  // namespace guesthead
