#include <cstring>
#include <vector>

#include "core/errors.h"
#include "core/unique_fd.h"
#include "dbus/message.h"

namespace guesthead::dbus {
namespace {

/** Of one message. A peer could make millions of JavaScript values with one of 128 MiB. */
constexpr size_t kMostElements = 65'536;

/** What JavaScript is given, and the descriptors that are not yet its own. */
class Reader {
 public:
  Reader(napi_env env, sd_bus_message* message) : env_(env), message_(message) {}

  Napi::Array readAll() {
    const Napi::Array values = Napi::Array::New(env_);
    char type;
    const char* contents;
    for (uint32_t i = 0; succeeded(bus_.message_peek_type(message_, &type, &contents),
                                   "sd_bus_message_peek_type") > 0;
         ++i) {
      if (++elements_ > kMostElements) throw SystemError{E2BIG, "sd_bus_message_peek_type"};
      const Napi::HandleScope scope(env_);
      values.Set(i, read(type, contents));
    }
    return values;
  }

  /** They are JavaScript's only once their numbers are all there. */
  Napi::Array giveDescriptors() {
    const Napi::Array numbers = Napi::Array::New(env_, fds_.size());
    for (uint32_t i = 0; i < fds_.size(); ++i) {
      numbers.Set(i, Napi::Number::New(env_, fds_[i].get()));
    }
    for (UniqueFd& fd : fds_) fd.release();
    return numbers;
  }

 private:
  Napi::Value read(char type, const char* contents) {
    switch (type) {
      case 'a':
        return std::strcmp(contents, "y") == 0 ? readBytes() : readContainer(type, contents);
      case 'r':
      case 'e':
        return readContainer(type, contents);
      case 'v':
        return readContainer(type, contents).Get(uint32_t{0});
      default:
        return readBasic(type);
    }
  }

  Napi::Array readContainer(char type, const char* contents) {
    succeeded(bus_.message_enter_container(message_, type, contents),
              "sd_bus_message_enter_container");
    const Napi::Array values = readAll();
    succeeded(bus_.message_exit_container(message_), "sd_bus_message_exit_container");
    return values;
  }

  Napi::Value readBytes() {
    const void* bytes = nullptr;
    size_t length = 0;
    succeeded(bus_.message_read_array(message_, 'y', &bytes, &length), "sd_bus_message_read_array");
    Napi::Uint8Array copy = Napi::Uint8Array::New(env_, length);
    if (length > 0) std::memcpy(copy.Data(), bytes, length);
    return copy;
  }

  Napi::Value readBasic(char type) {
    switch (type) {
      case 'y':
        return number<uint8_t>(type);
      case 'n':
        return number<int16_t>(type);
      case 'q':
        return number<uint16_t>(type);
      case 'i':
        return number<int32_t>(type);
      case 'u':
        return number<uint32_t>(type);
      case 'd':
        return number<double>(type);
      case 'x':
        return Napi::BigInt::New(env_, basic<int64_t>(type));
      case 't':
        return Napi::BigInt::New(env_, basic<uint64_t>(type));
      case 'b':
        return Napi::Boolean::New(env_, basic<int>(type) != 0);
      case 'h':
        return descriptor();
      default:
        return Napi::String::New(env_, basic<const char*>(type));  // s, o, g
    }
  }

  template <class T>
  T basic(char type) {
    T value = {};
    succeeded(bus_.message_read_basic(message_, type, &value), "sd_bus_message_read_basic");
    return value;
  }

  template <class T>
  Napi::Value number(char type) {
    return Napi::Number::New(env_, static_cast<double>(basic<T>(type)));
  }

  /** The message closes its own when it goes. */
  Napi::Value descriptor() {
    fds_.push_back(UniqueFd::duplicate(basic<int>('h')));
    return Napi::Number::New(env_, fds_.back().get());
  }

  const Library& bus_ = Library::load();
  napi_env env_;
  sd_bus_message* message_;
  size_t elements_ = 0;
  std::vector<UniqueFd> fds_;
};

}  // namespace

Arguments readArguments(napi_env env, sd_bus_message* message) {
  Reader reader(env, message);
  const Napi::Array values = reader.readAll();
  return {values, reader.giveDescriptors()};
}

}  // namespace guesthead::dbus
