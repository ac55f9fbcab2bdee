#include "core/arguments.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <string>

namespace guesthead {
namespace {

constexpr double kMaxFd = std::numeric_limits<int32_t>::max();

[[noreturn]] void wrongType(const Napi::Value& value, const char* name, const char* expected) {
  throw Napi::TypeError::New(value.Env(), std::string(name) + " must be " + expected);
}

[[noreturn]] void outOfRange(napi_env env, const char* name, const char* kind, double min,
                             double max) {
  char text[160];
  std::snprintf(text, sizeof text, "%s must be %s from %.0f to %.0f", name, kind, min, max);
  throw Napi::RangeError::New(env, text);
}

double doubleOf(const Napi::Value& value, const char* name) {
  if (!value.IsNumber()) wrongType(value, name, "a number");
  return value.As<Napi::Number>().DoubleValue();
}

template <class T>
Elements<T> elementsOf(const Napi::Value& value, const char* name, napi_typedarray_type wanted,
                       const char* expected) {
  if (!value.IsTypedArray()) wrongType(value, name, expected);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  const napi_status status =
      napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr);
  if (status != napi_ok || type != wanted) wrongType(value, name, expected);
  return {static_cast<const T*>(data), data == nullptr ? 0 : length};
}

}  // namespace

double integerOf(const Napi::Value& value, const char* name, double min, double max) {
  const double number = doubleOf(value, name);
  if (!(number >= min && number <= max) || std::trunc(number) != number) {
    outOfRange(value.Env(), name, "an integer", min, max);
  }
  return number;
}

double numberOf(const Napi::Value& value, const char* name, double min, double max) {
  const double number = doubleOf(value, name);
  if (!(number >= min && number <= max)) outOfRange(value.Env(), name, "a number", min, max);
  return number;
}

bool booleanOf(const Napi::Value& value, const char* name) {
  if (!value.IsBoolean()) wrongType(value, name, "a boolean");
  return value.As<Napi::Boolean>().Value();
}

std::string stringOf(const Napi::Value& value, const char* name) {
  if (!value.IsString()) wrongType(value, name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

Napi::Object objectOf(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) wrongType(value, name, "an object");
  return value.As<Napi::Object>();
}

Napi::Function functionOf(const Napi::Value& value, const char* name) {
  if (!value.IsFunction()) wrongType(value, name, "a function");
  return value.As<Napi::Function>();
}

int fdOf(const Napi::Value& value, const char* name) {
  return static_cast<int>(integerOf(value, name, 0, kMaxFd));
}

int fdOrNoneOf(const Napi::Value& value, const char* name) {
  return static_cast<int>(integerOf(value, name, -1, kMaxFd));
}

uint32_t uint32Of(const Napi::Value& value, const char* name) {
  constexpr double max = std::numeric_limits<uint32_t>::max();
  return static_cast<uint32_t>(integerOf(value, name, 0, max));
}

uint64_t uint64Of(const Napi::Value& value, const char* name) {
  if (!value.IsBigInt()) wrongType(value, name, "a BigInt");
  bool lossless = false;
  const uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
  if (!lossless) {
    throw Napi::RangeError::New(value.Env(),
                                std::string(name) + " must be from 0n to 2n ** 64n - 1n");
  }
  return number;
}

uint32_t accessOf(const Napi::Value& value) {
  return static_cast<uint32_t>(integerOf(value, "access", 1, 3));
}

napi_value givenAway(napi_env env, UniqueFd fd) {
  const Napi::Number number = Napi::Number::New(env, fd.get());
  fd.release();
  return number;
}

Elements<uint8_t> uint8sOf(const Napi::Value& value, const char* name) {
  return elementsOf<uint8_t>(value, name, napi_uint8_array, "a Uint8Array");
}

Elements<uint32_t> uint32sOf(const Napi::Value& value, const char* name) {
  return elementsOf<uint32_t>(value, name, napi_uint32_array, "a Uint32Array");
}

Elements<uint64_t> uint64sOf(const Napi::Value& value, const char* name) {
  return elementsOf<uint64_t>(value, name, napi_biguint64_array, "a BigUint64Array");
}

Elements<double> float64sOf(const Napi::Value& value, const char* name) {
  return elementsOf<double>(value, name, napi_float64_array, "a Float64Array");
}

}  // namespace guesthead
