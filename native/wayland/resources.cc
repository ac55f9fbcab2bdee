#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/arguments.h"
#include "wayland/interfaces.h"
#include "wayland/server.h"

namespace guesthead::wayland {
namespace {

/** Those of a closure of libwayland, and the target and its opcode before them. */
constexpr size_t kMostValues = 22;
constexpr double kMostHandle = 9007199254740991;
constexpr double kFixed = 256;

/** A signature: the version since when, then a letter for each argument, each with ? before it
 * where it may be null. */
class Signature {
 public:
  explicit Signature(const char* text) : at_(text) {
    while (*at_ >= '0' && *at_ <= '9') since_ = since_ * 10 + (*at_++ - '0');
  }
  int since() const { return since_ == 0 ? 1 : since_; }
  /** 0 at the end. */
  char next() {
    mayBeNull_ = *at_ == '?';
    if (mayBeNull_) ++at_;
    return *at_ == '\0' ? '\0' : *at_++;
  }
  bool mayBeNull() const { return mayBeNull_; }

 private:
  const char* at_;
  int since_ = 0;
  bool mayBeNull_ = false;
};

/** What the arguments of one event point to until it has been sent. */
struct Kept {
  std::array<std::string, kMostValues> texts;
  std::array<wl_array, kMostValues> arrays{};
};

napi_value textValue(napi_env env, const char* text) {
  napi_value value = nullptr;
  if (text == nullptr) napi_get_null(env, &value);
  // V8 replaces what is no UTF-8.
  else
    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
  return value;
}

napi_value bytesValue(napi_env env, const wl_array* array) {
  void* bytes = nullptr;
  napi_value buffer = nullptr, value = nullptr;
  check(env, napi_create_arraybuffer(env, array->size, &bytes, &buffer));
  if (array->size > 0) std::memcpy(bytes, array->data, array->size);
  check(env, napi_create_typedarray(env, napi_uint8_array, array->size, buffer, 0, &value));
  return value;
}

void closeFds(const wl_message& message, const wl_argument* arguments) {
  Signature signature(message.signature);
  for (size_t index = 0; const char type = signature.next(); ++index) {
    if (type == 'h') ::close(arguments[index].h);
  }
}

}  // namespace

int Server::onRequest(const void* self, void* target, uint32_t opcode, const wl_message* message,
                      wl_argument* arguments) {
  auto* const server = static_cast<Server*>(const_cast<void*>(self));
  auto* const resource = static_cast<wl_resource*>(target);
  try {
    server->dispatch(resource, opcode, *message, arguments);
  } catch (...) {
    // Out of memory, or an environment that no longer runs JavaScript.
    closeFds(*message, arguments);
    server->library_.client_post_no_memory(server->library_.resource_get_client(resource));
  }
  return 0;
}

/** Descriptors are JavaScript's once it has been called and did not throw. */
void Server::dispatch(wl_resource* target, uint32_t opcode, const wl_message& message,
                      wl_argument* arguments) {
  const napi_env env = callbacks_.env();
  if (silent_) return closeFds(message, arguments);
  const Napi::HandleScope handles(env);
  std::array<napi_value, kMostValues> values{};
  size_t count = 0;
  values[count++] = numberValue(env, adopt(target));
  values[count++] = numberValue(env, opcode);
  Signature signature(message.signature);
  for (size_t index = 0; const char type = signature.next(); ++index) {
    values[count++] = valueOf(type, message.types[index], target, arguments[index]);
  }
  if (callbacks_.invoke(0, values.data(), count)) return;
  closeFds(message, arguments);
  blame(library_.resource_get_client(target));
}

napi_value Server::valueOf(char type, const wl_interface* interface, wl_resource* parent,
                           const wl_argument& argument) {
  const napi_env env = callbacks_.env();
  switch (type) {
    case 'i':
      return numberValue(env, argument.i);
    case 'u':
      return numberValue(env, argument.u);
    case 'f':
      return numberValue(env, argument.f / kFixed);
    case 'h':
      return numberValue(env, argument.h);
    case 's':
      return textValue(env, argument.s);
    case 'a':
      return bytesValue(env, argument.a);
    case 'o':
      // A resource begins with its wl_object. Null also where the object has gone meanwhile.
      return numberValue(
          env, argument.o == nullptr ? 0 : adopt(reinterpret_cast<wl_resource*>(argument.o)));
    default: {  // n: before the handler runs, for the client's next request may use it already
      wl_resource* const made = make(library_.resource_get_client(parent), interface,
                                     library_.resource_get_version(parent), argument.n);
      if (made == nullptr) throw std::bad_alloc();
      return numberValue(env, adopt(made));
    }
  }
}

wl_resource* Server::make(wl_client* client, const wl_interface* interface, int version,
                          uint32_t id) {
  wl_resource* const resource =
      interface == nullptr ? nullptr : library_.resource_create(client, interface, version, id);
  if (resource != nullptr)
    library_.resource_set_dispatcher(resource, onRequest, this, nullptr, nullptr);
  return resource;
}

/** Known by our listener, not by user data: some resources, such as those of wl_shm, are
 * libwayland's. */
double Server::adopt(wl_resource* resource) {
  Resource& slot = slotOf(resource);
  slot.told = true;
  return slot.handle();
}

Server::Resource& Server::slotOf(wl_resource* resource) {
  wl_listener* const known = library_.resource_get_destroy_listener(resource, onResourceDestroyed);
  if (known != nullptr) return *reinterpret_cast<Resource*>(known);
  Resource& slot = resources_.take(resource, this);
  slot.interface = interfaceOf(resource);
  slot.destroyed.notify = onResourceDestroyed;
  library_.resource_add_destroy_listener(resource, &slot.destroyed);
  return slot;
}

/** Null for one that is in no table. */
const wl_interface* Server::interfaceOf(wl_resource* resource) {
  const char* const name = library_.resource_get_class(resource);
  const auto [known, isNew] = interfaces_.try_emplace(name, nullptr);
  if (isNew) known->second = Interfaces::find(name);
  return known->second;
}

/** Also of those that libwayland makes and JavaScript may never hear of. */
void Server::onResourceCreated(wl_listener* listener, void* data) {
  Facts& facts = *reinterpret_cast<Facts*>(listener);
  Server& self = *facts.server;
  auto* const resource = static_cast<wl_resource*>(data);
  wl_client* const client = self.library_.resource_get_client(resource);
  try {
    self.slotOf(resource);
    if (++facts.objects > self.limits_.objects) self.library_.client_post_no_memory(client);
  } catch (...) {
    self.library_.client_post_no_memory(client);
  }
}

void Server::onResourceDestroyed(wl_listener* listener, void*) {
  Resource& slot = *reinterpret_cast<Resource*>(listener);
  Server& self = *static_cast<Server*>(slot.owner);
  const double handle = slot.handle();
  Facts* const facts = self.factsOf(self.library_.resource_get_client(slot.object));
  if (facts != nullptr && facts->objects > 0) --facts->objects;
  const bool told = slot.told;
  self.resources_.free(slot);
  if (told) self.tell(Event::destroyed, {handle});
}

void Server::blame(wl_client* client) {
  const napi_env env = callbacks_.env();
  bool pending = false;
  napi_value error = nullptr;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) {
    napi_get_and_clear_last_exception(env, &error);
  }
  library_.client_post_implementation_error(client, "the compositor failed at this request");
  const Client* const record = recordOf(client);
  const napi_value who = numberValue(env, record == nullptr ? 0 : record->handle());
  if (error != nullptr && !silent_) callbacks_.call(2, {error, who});
}

/** post(resource, opcode, …arguments): whether it was sent; not to a resource that has gone. */
napi_value Server::post(const Napi::CallbackInfo& info) {
  Resource* const target = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
  return booleanValue(info.Env(), target != nullptr && send(*target, info));
}

/** The same of an event with which the resource ends, sent or not: JavaScript knows of that. */
napi_value Server::postLast(const Napi::CallbackInfo& info) {
  Resource* const target = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
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
  Resource* const target = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
  const uint32_t code = uint32Of(info[1], "code");
  const std::string text = stringOf(info[2], "text");
  if (target == nullptr) return nullptr;
  library_.resource_post_error(target->object, code, "%s", text.c_str());
  sendSoon();
  return nullptr;
}

/** createResource(sibling, interface, version): a new object of the same client, of the server's
 * making; 0 where that has gone. */
napi_value Server::createResource(const Napi::CallbackInfo& info) {
  const napi_env env = info.Env();
  Resource* const sibling = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
  const wl_interface* const interface = Interfaces::find(stringOf(info[1], "interface"));
  if (interface == nullptr) throw Napi::RangeError::New(env, "there is no such interface");
  const auto version = static_cast<int>(integerOf(info[2], "version", 1, interface->version));
  if (sibling == nullptr) return numberValue(env, 0);
  wl_resource* const made =
      make(library_.resource_get_client(sibling->object), interface, version, 0);
  if (made == nullptr) throw SystemError{ENOMEM, "wl_resource_create"};
  return numberValue(env, adopt(made));
}

/** destroyResource(resource): JavaScript, which asks for it, is not told of its end. */
napi_value Server::destroyResource(const Napi::CallbackInfo& info) {
  Resource* const target = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
  if (target == nullptr) return nullptr;
  target->told = false;
  library_.resource_destroy(target->object);
  return nullptr;
}

/** [interface, version, id on the wire, client]; null for one that has gone. */
napi_value Server::describeResource(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Resource* const target = resources_.find(numberOf(info[0], "resource", 0, kMostHandle));
  if (target == nullptr) return env.Null();
  const Client* const client = recordOf(library_.resource_get_client(target->object));
  const Napi::Array described = Napi::Array::New(env, 4);
  described.Set(0u, library_.resource_get_class(target->object));
  described.Set(1u, library_.resource_get_version(target->object));
  described.Set(2u, library_.resource_get_id(target->object));
  described.Set(3u, client == nullptr ? 0 : client->handle());
  return described;
}

}  // namespace guesthead::wayland
