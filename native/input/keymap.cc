#include "input/keymap.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/arguments.h"
#include "core/callbacks.h"
#include "process/sealed_file.h"

namespace guesthead::input {
namespace {

/** Of xkbcommon.h. */
constexpr int kNoDefaultIncludes = 1;
constexpr int kTextV1 = 1;
constexpr int kDepressedMods = 1;
constexpr int kLatchedMods = 2;
constexpr int kLockedMods = 4;
constexpr int kEffectiveLayout = 128;

/** Its key codes are X11's: evdev's, and eight below them. */
constexpr uint32_t kAboveEvdev = 8;
constexpr double kMostKey = 0x2ff;

constexpr size_t kMostLog = 4096;

struct Freed {
  void operator()(char* text) const { std::free(text); }
};

uint32_t keyOf(const Napi::Value& value) {
  return static_cast<uint32_t>(integerOf(value, "key", 0, kMostKey)) + kAboveEvdev;
}

}  // namespace

void Keymap::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("memory", call<Keymap, &Keymap::memory>),
      method("update", call<Keymap, &Keymap::update>),
      method("modifiers", call<Keymap, &Keymap::modifiers>),
      method("leds", call<Keymap, &Keymap::leds>),
      method("repeats", call<Keymap, &Keymap::repeats>),
      method("close", callClose<Keymap>),
  };
  environment.defineClass(kClass, "Keymap", std::size(methods), methods);
}

napi_value Keymap::compile(const Napi::CallbackInfo& info) {
  const auto keymap = std::make_shared<Keymap>(XkbLibrary::load());
  keymap->load(info);
  return wrap(*Environment::of(info.Env()), keymap);
}

Keymap::Keymap(const XkbLibrary& library)
    : library_(library), context_(library.context_new(kNoDefaultIncludes)) {
  if (context_ == nullptr) throw SystemError{ENOMEM, "xkb_context_new"};
  library.context_set_user_data(context_, this);
  library.context_set_log_fn(context_, keepLine);
  // Only now, so that what is missing of it is heard. A keymap's own text needs none of it.
  library.context_include_path_append_default(context_);
}

void Keymap::load(const Napi::CallbackInfo& info) {
  if (info.Length() > 1) {
    loadNames(info);
  } else {
    const std::string text = stringOf(info[0], "text");
    keymap_ = library_.keymap_new_from_string(context_, text.c_str(), kTextV1, 0);
  }
  if (keymap_ == nullptr) throwRefused(info.Env());
  log_.clear();
  state_ = library_.state_new(keymap_);
  if (state_ == nullptr) throw SystemError{ENOMEM, "xkb_state_new"};
}

void Keymap::loadNames(const Napi::CallbackInfo& info) {
  static constexpr std::array<const char*, 5> kNames = {"rules", "model", "layout", "variant",
                                                        "options"};
  std::array<std::string, 5> given;
  for (size_t index = 0; index < given.size(); ++index) {
    given[index] = stringOf(info[index], kNames[index]);
  }
  const xkb_rule_names names = {given[0].c_str(), given[1].c_str(), given[2].c_str(),
                                given[3].c_str(), given[4].c_str()};
  keymap_ = library_.keymap_new_from_names(context_, &names, 0);
}

void Keymap::throwRefused(napi_env env) const {
  const Napi::Error error = Napi::Error::New(env, log_.empty() ? "it says no more" : log_);
  error.Value().Set("code", "ERR_KEYMAP");
  throw error;
}

void Keymap::close() {
  if (state_ != nullptr) library_.state_unref(std::exchange(state_, nullptr));
  if (keymap_ != nullptr) library_.keymap_unref(std::exchange(keymap_, nullptr));
  if (context_ != nullptr) library_.context_unref(std::exchange(context_, nullptr));
}

/** [fd, bytes]: the keymap's text and a zero byte, in a new memfd that nobody can change. */
napi_value Keymap::memory(const Napi::CallbackInfo& info) {
  const std::unique_ptr<char, Freed> text(library_.keymap_get_as_string(keymap_, kTextV1));
  if (text == nullptr) throw SystemError{ENOMEM, "xkb_keymap_get_as_string"};
  const size_t bytes = std::char_traits<char>::length(text.get()) + 1;
  const Napi::Array result = Napi::Array::New(info.Env(), 2);
  result.Set(1u, static_cast<double>(bytes));
  result.Set(0u, givenAway(info.Env(), sealedFile("guesthead-keymap", text.get(), bytes)));
  return result;
}

/** (key, pressed) → whether modifiers or group have changed. */
napi_value Keymap::update(const Napi::CallbackInfo& info) {
  const uint32_t key = keyOf(info[0]);
  const bool pressed = booleanOf(info[1], "pressed");
  return booleanValue(info.Env(), library_.state_update_key(state_, key, pressed ? 1 : 0) != 0);
}

/** [depressed, latched, locked, group] */
napi_value Keymap::modifiers(const Napi::CallbackInfo& info) {
  const Napi::Array list = Napi::Array::New(info.Env(), 4);
  uint32_t index = 0;
  for (const int component : {kDepressedMods, kLatchedMods, kLockedMods}) {
    list.Set(index++, library_.state_serialize_mods(state_, component));
  }
  list.Set(index, library_.state_serialize_layout(state_, kEffectiveLayout));
  return list;
}

/** As `NativeInput.setLeds` takes them. */
napi_value Keymap::leds(const Napi::CallbackInfo& info) {
  const int lit =
      (isLit("Num Lock") ? 1 : 0) | (isLit("Caps Lock") ? 2 : 0) | (isLit("Scroll Lock") ? 4 : 0);
  return numberValue(info.Env(), lit);
}

/** -1 = the keymap has no such LED. */
bool Keymap::isLit(const char* led) const {
  return library_.state_led_name_is_active(state_, led) > 0;
}

napi_value Keymap::repeats(const Napi::CallbackInfo& info) {
  return booleanValue(info.Env(), library_.keymap_key_repeats(keymap_, keyOf(info[0])) != 0);
}

void Keymap::keepLine(xkb_context* context, int, const char* format, va_list arguments) {
  Keymap& self = *static_cast<Keymap*>(XkbLibrary::load().context_get_user_data(context));
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  if (self.log_.size() < kMostLog) self.log_ += text;
}

}  // namespace guesthead::input
