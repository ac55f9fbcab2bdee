#pragma once

#include <napi.h>

#include <string>

#include <cstdint>

#include "core/unique_fd.h"

namespace guesthead {

/**
 * Readers of arguments. A missing argument is `undefined`, hence of the wrong
 * type: TypeError; a number that is no integer from `min` to `max`: RangeError.
 */
double integerOf(const Napi::Value& value, const char* name, double min, double max);
/** Any finite number from `min` to `max`. */
double numberOf(const Napi::Value& value, const char* name, double min, double max);
bool booleanOf(const Napi::Value& value, const char* name);
std::string stringOf(const Napi::Value& value, const char* name);
Napi::Object objectOf(const Napi::Value& value, const char* name);
Napi::Function functionOf(const Napi::Value& value, const char* name);

/** A descriptor's number; whether it is open is for the system call to say. */
int fdOf(const Napi::Value& value, const char* name);
/** The same, or -1 = none. */
int fdOrNoneOf(const Napi::Value& value, const char* name);
uint32_t uint32Of(const Napi::Value& value, const char* name);
/** A BigInt from 0 to 2^64 - 1. */
uint64_t uint64Of(const Napi::Value& value, const char* name);
/** 1 read, 2 write, 3 both. */
uint32_t accessOf(const Napi::Value& value);

/** A descriptor that JavaScript owns from now on; closed where its number cannot be made. */
napi_value givenAway(napi_env env, UniqueFd fd);

/** The elements of a typed array; valid until JavaScript runs again. */
template <class T>
struct Elements {
  const T* data;
  size_t length;
};
Elements<uint8_t> uint8sOf(const Napi::Value& value, const char* name);
Elements<uint32_t> uint32sOf(const Napi::Value& value, const char* name);
Elements<uint64_t> uint64sOf(const Napi::Value& value, const char* name);
Elements<double> float64sOf(const Napi::Value& value, const char* name);

}  // namespace guesthead
