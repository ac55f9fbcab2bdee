#include <limits>

#include "core/arguments.h"
#include "core/errors.h"
#include "dbus/message.h"

namespace guesthead::dbus {
namespace {

/** As the D-Bus specification limits arrays and structs in each other. */
constexpr int kDeepest = 32;

[[noreturn]] void noSignature() {
  throw SystemError{EINVAL, "signature"};
}

/** Where the complete type that begins at `start` ends. */
size_t endOfType(const std::string& signature, size_t start, int depth = 0) {
  if (start >= signature.size() || depth > kDeepest) noSignature();
  if (signature[start] == 'a') return endOfType(signature, start + 1, depth + 1);
  const bool isStruct = signature[start] == '(';
  if (!isStruct && signature[start] != '{') return start + 1;
  size_t at = start + 1;
  while (at < signature.size() && signature[at] != (isStruct ? ')' : '}')) {
    at = endOfType(signature, at, depth + 1);
  }
  if (at >= signature.size()) noSignature();
  return at + 1;
}

class Writer {
 public:
  explicit Writer(sd_bus_message* message) : message_(message) {}

  void appendAll(const std::string& signature, const Napi::Array& values) {
    uint32_t index = 0;
    for (size_t at = 0; at < signature.size();) {
      const size_t end = endOfType(signature, at);
      append(signature.substr(at, end - at), values.Get(index++));
      at = end;
    }
    if (index != values.Length()) {
      throw Napi::RangeError::New(values.Env(),
                                  "values must be as many as the signature has types");
    }
  }

 private:
  void append(const std::string& type, const Napi::Value& value) {
    if (type == "ay") {
      const auto bytes = uint8sOf(value, "value of ay");
      succeeded(bus_.message_append_array(message_, 'y', bytes.data, bytes.length),
                "sd_bus_message_append_array");
    } else if (type[0] == 'a') {
      appendArray(type.substr(1), arrayOf(value));
    } else if (type[0] == '(' || type[0] == '{') {
      const std::string contents = type.substr(1, type.size() - 2);
      within(type[0] == '(' ? 'r' : 'e', contents, [&] { appendAll(contents, arrayOf(value)); });
    } else if (type == "v") {
      appendVariant(arrayOf(value));
    } else {
      appendBasic(type[0], value);
    }
  }

  void appendArray(const std::string& type, const Napi::Array& values) {
    within('a', type, [&] {
      for (uint32_t i = 0; i < values.Length(); ++i) append(type, values.Get(i));
    });
  }

  void appendVariant(const Napi::Array& pair) {
    const std::string type = stringOf(pair.Get(uint32_t{0}), "signature of a variant");
    if (endOfType(type, 0) != type.size()) noSignature();
    within('v', type, [&] { append(type, pair.Get(uint32_t{1})); });
  }

  void appendBasic(char type, const Napi::Value& value) {
    switch (type) {
      case 'y':
        return appendInteger<uint8_t>(type, value);
      case 'i':
        return appendInteger<int32_t>(type, value);
      case 'u':
        return appendInteger<uint32_t>(type, value);
      case 't':
        return put<uint64_t>(type, uint64Of(value));
      case 'b':
        return put<int>(type, booleanOf(value, "value of b") ? 1 : 0);
      case 'h':
        return put<int>(type, fdOf(value, "value of h"));
      case 's':
      case 'o':
        return appendString(type, stringOf(value, "value of s"));
      default:
        noSignature();
    }
  }

  template <class T>
  void appendInteger(char type, const Napi::Value& value) {
    using Limits = std::numeric_limits<T>;
    put(type, static_cast<T>(integerOf(value, "value", Limits::min(), Limits::max())));
  }

  template <class T>
  void put(char type, T value) {
    succeeded(bus_.message_append_basic(message_, type, &value), "sd_bus_message_append_basic");
  }

  /** Here the pointer itself is the value. */
  void appendString(char type, const std::string& text) {
    succeeded(bus_.message_append_basic(message_, type, text.c_str()),
              "sd_bus_message_append_basic");
  }

  template <class Body>
  void within(char container, const std::string& contents, Body body) {
    succeeded(bus_.message_open_container(message_, container, contents.c_str()),
              "sd_bus_message_open_container");
    body();
    succeeded(bus_.message_close_container(message_), "sd_bus_message_close_container");
  }

  static Napi::Array arrayOf(const Napi::Value& value) {
    if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), "value must be an array");
    return value.As<Napi::Array>();
  }

  static uint64_t uint64Of(const Napi::Value& value) {
    if (!value.IsBigInt()) throw Napi::TypeError::New(value.Env(), "value of t must be a bigint");
    bool lossless = false;
    const uint64_t number = value.As<Napi::BigInt>().Uint64Value(&lossless);
    if (!lossless) throw Napi::RangeError::New(value.Env(), "value of t must have 64 bits");
    return number;
  }

  const Library& bus_ = Library::load();
  sd_bus_message* message_;
};

}  // namespace

void appendArguments(sd_bus_message* message, const std::string& signature,
                     const Napi::Array& values) {
  Writer(message).appendAll(signature, values);
}

}  // namespace guesthead::dbus
