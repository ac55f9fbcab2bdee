#pragma once

#include <napi.h>

#include <string>
#include <utility>

#include "core/system_error.h"
#include "dbus/library.h"

namespace guesthead::dbus {

/** A share of one message. */
class Message {
 public:
  Message() = default;
  explicit Message(sd_bus_message* message) : message_(message) {}
  Message(Message&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  Message& operator=(Message&& other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~Message() {
    if (message_ != nullptr) Library::load().message_unref(message_);
  }

  sd_bus_message* get() const { return message_; }
  explicit operator bool() const { return message_ != nullptr; }

 private:
  sd_bus_message* message_ = nullptr;
};

/** Result of a function of sd-bus: a negative errno is thrown as SystemError. */
inline int succeeded(int result, const char* call) {
  if (result < 0) throw SystemError{-result, call};
  return result;
}

/** What a message holds, as JavaScript has it. */
struct Arguments {
  Napi::Array values;
  /** The descriptors among them, which JavaScript closes. */
  Napi::Array fds;
};

/**
 * The arguments of a message in their order: numbers, bigints (64 bits), booleans, strings, a
 * Uint8Array for `ay`, arrays for other arrays, structs and dictionary entries, and a variant's
 * value itself. Each descriptor is a duplicate that JavaScript owns. Throws SystemError: EMFILE, or
 * E2BIG for more elements than anything here has.
 */
Arguments readArguments(napi_env env, sd_bus_message* message);

/**
 * Appends `values`, one for each complete type of `signature`; a variant is `[signature, value]`.
 * Descriptors stay the caller's. Throws TypeError or RangeError for a value that is none of its
 * type, SystemError EINVAL for a signature that is none.
 */
void appendArguments(sd_bus_message* message, const std::string& signature,
                     const Napi::Array& values);

}  // namespace guesthead::dbus
