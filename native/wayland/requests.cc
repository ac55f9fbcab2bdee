/** What a client asks, on its way to JavaScript. */
#include <array>
#include <cstring>

#include "core/arguments.h"
#include "wayland/server.h"
#include "wayland/signature.h"

namespace guesthead::wayland {
namespace {

napi_value textOrNull(napi_env env, const char* text) {
  if (text != nullptr) return textValue(env, text);
  napi_value value = nullptr;
  napi_get_null(env, &value);
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

/** Descriptors are JavaScript's once it has been called and did not throw. All that is made here
 * goes with the wake-up's handles: a client is read 4 KiB of at a time. */
void Server::dispatch(wl_resource* target, uint32_t opcode, const wl_message& message,
                      wl_argument* arguments) {
  const napi_env env = callbacks_.env();
  if (silent_) return closeFds(message, arguments);
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
      return textOrNull(env, argument.s);
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

}  // namespace guesthead::wayland
