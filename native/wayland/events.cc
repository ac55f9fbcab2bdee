/** What a client is told by JavaScript. */
#include <array>
#include <cmath>

#include "core/arguments.h"
#include "wayland/server.h"
#include "wayland/signature.h"

namespace guesthead::wayland {
namespace {

/** What the arguments of one event point to until it has been sent. */
struct Kept {
  std::array<std::string, kMostValues> texts;
  std::array<wl_array, kMostValues> arrays{};
};

}  // namespace

/** post(resource, opcode, …arguments): whether it was sent; not to a resource that has gone. */
napi_value Server::post(const Napi::CallbackInfo& info) {
  Resource* const target = resourceOf(info[0]);
  return booleanValue(info.Env(), target != nullptr && send(*target, info));
}

/** The same of an event with which the resource ends, sent or not: JavaScript knows of that. */
napi_value Server::postLast(const Napi::CallbackInfo& info) {
  Resource* const target = resourceOf(info[0]);
  const bool isSent = target != nullptr && send(*target, info);
  if (target != nullptr) {
    target->told = false;
    library_.resource_destroy(target->object);
  }
  return booleanValue(info.Env(), isSent);
}

/** False where the event is about an object that has gone. */
bool Server::send(Resource& target, const Napi::CallbackInfo& info) {
  const napi_env env = info.Env();
  const wl_interface* const interface = target.interface;
  const double most = interface == nullptr ? -1 : interface->event_count - 1;
  const auto opcode = static_cast<uint32_t>(integerOf(info[1], "opcode", 0, most));
  Signature signature(interface->events[opcode].signature);
  if (library_.resource_get_version(target.object) < signature.since()) {
    throw Napi::RangeError::New(env, "the client speaks a version without this event");
  }
  wl_argument arguments[kMostValues] = {};
  Kept kept;
  wl_client* const client = library_.resource_get_client(target.object);
  size_t index = 0;
  for (; const char type = signature.next(); ++index) {
    const Napi::Value value = info[index + 2];
    wl_argument& argument = arguments[index];
    switch (type) {
      case 'i':
        argument.i = static_cast<int32_t>(integerOf(value, "int", INT32_MIN, INT32_MAX));
        break;
      case 'u':
        argument.u = uint32Of(value, "uint");
        break;
      case 'f':
        argument.f = static_cast<int32_t>(
            std::lround(numberOf(value, "fixed", -8388608, 8388607.99) * kFixed));
        break;
      case 'h':
        argument.h = fdOf(value, "fd");
        break;
      case 's':
        if (value.IsNull() && signature.mayBeNull()) break;
        kept.texts[index] = stringOf(value, "string");
        argument.s = kept.texts[index].c_str();
        break;
      case 'a': {
        const auto bytes = uint8sOf(value, "array");
        kept.arrays[index] = {bytes.length, bytes.length, const_cast<uint8_t*>(bytes.data)};
        argument.a = &kept.arrays[index];
        break;
      }
      default: {  // o, n
        const double handle = value.IsNull() ? 0 : numberOf(value, "object", 0, kMostHandle);
        if (handle == 0 && signature.mayBeNull()) break;
        if (handle == 0) throw Napi::RangeError::New(env, "this object may not be null");
        Resource* const object = resources_.find(handle);
        // It may have gone since: then the event has lost its meaning, too.
        if (object == nullptr) return false;
        if (library_.resource_get_client(object->object) != client) {
          throw Napi::RangeError::New(env, "the object is another client's");
        }
        argument.o = reinterpret_cast<wl_object*>(object->object);
      }
    }
  }
  library_.resource_post_event_array(target.object, opcode, arguments);
  sendSoon();
  return true;
}

/** postError(resource, code, text): the client is ended after it was told. */
napi_value Server::postError(const Napi::CallbackInfo& info) {
  Resource* const target = resourceOf(info[0]);
  const uint32_t code = uint32Of(info[1], "code");
  const std::string text = stringOf(info[2], "text");
  if (target == nullptr) return nullptr;
  library_.resource_post_error(target->object, code, "%s", text.c_str());
  sendSoon();
  return nullptr;
}

}  // namespace guesthead::wayland
