#pragma once

#include <memory>
#include <string>

#include "core/environment.h"
#include "core/object.h"
#include "input/xkb_library.h"

namespace guesthead::input {

/**
 * `NativeKeymap` in src/native/input.ts: a compiled keymap, and the state of the one keyboard that
 * a seat has, whichever devices its keys come from.
 */
class Keymap final {
 public:
  static constexpr Class kClass = Class::keymap;
  static constexpr const char* kName = "keymap";
  static void define(Environment& environment);

  /** compileKeymap(text), or (rules, model, layout, variant, options) */
  static napi_value compile(const Napi::CallbackInfo& info);

  explicit Keymap(const XkbLibrary& library);
  Keymap(const Keymap&) = delete;
  Keymap& operator=(const Keymap&) = delete;
  ~Keymap() { close(); }

  bool closed() const { return context_ == nullptr; }
  void abandoned() { close(); }
  void close();

 private:
  void load(const Napi::CallbackInfo& info);
  void loadNames(const Napi::CallbackInfo& info);
  [[noreturn]] void throwRefused(napi_env env) const;
  bool isLit(const char* led) const;

  napi_value memory(const Napi::CallbackInfo& info);
  napi_value update(const Napi::CallbackInfo& info);
  napi_value modifiers(const Napi::CallbackInfo& info);
  napi_value leds(const Napi::CallbackInfo& info);
  napi_value repeats(const Napi::CallbackInfo& info);

  static void keepLine(xkb_context* context, int level, const char* format, va_list arguments);

  const XkbLibrary& library_;
  xkb_context* context_ = nullptr;
  xkb_keymap* keymap_ = nullptr;
  xkb_state* state_ = nullptr;
  /** What the library says while it compiles. */
  std::string log_;
};

}  // namespace guesthead::input
