#include "core/arguments.h"
#include "wayland/interfaces.h"
#include "wayland/server.h"

namespace guesthead::wayland {

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

/** Null for one that has gone. */
Server::Resource* Server::resourceOf(const Napi::Value& handle) {
  return resources_.find(numberOf(handle, "resource", 0, kMostHandle));
}

/** createResource(sibling, interface, version): a new object of the same client, of the server's
 * making; 0 where that has gone. */
napi_value Server::createResource(const Napi::CallbackInfo& info) {
  const napi_env env = info.Env();
  Resource* const sibling = resourceOf(info[0]);
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
  Resource* const target = resourceOf(info[0]);
  if (target == nullptr) return nullptr;
  target->told = false;
  library_.resource_destroy(target->object);
  return nullptr;
}

/** [interface, version, id on the wire, client]; null for one that has gone. */
napi_value Server::describeResource(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Resource* const target = resourceOf(info[0]);
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
