#include "core/arguments.h"
#include "wayland/interfaces.h"
#include "wayland/server.h"

namespace guesthead::wayland {

napi_value Server::addGlobal(const Napi::CallbackInfo& info) {
  const wl_interface* interface = Interfaces::find(stringOf(info[0], "interface"));
  if (interface == nullptr) throw Napi::RangeError::New(info.Env(), "there is no such interface");
  const auto version = integerOf(info[1], "version", 1, interface->version);
  auto global = std::make_unique<Global>();
  *global = {this, nullptr, nextGlobal_++, uint32Of(info[2], "mask"), false};
  // Before it is made: the filter is asked of it from within.
  Global& kept = *globals_.emplace(global->number, std::move(global)).first->second;
  kept.global =
      library_.global_create(display_, interface, static_cast<int>(version), &kept, onBind);
  if (kept.global == nullptr) {
    globals_.erase(kept.number);
    throw SystemError{ENOMEM, "wl_global_create"};
  }
  return numberValue(info.Env(), kept.number);
}

/** Clients are told; who has not heard yet may still bind it. */
napi_value Server::removeGlobal(const Napi::CallbackInfo& info) {
  Global& global = globalOf(info[0]);
  if (!std::exchange(global.removed, true)) library_.global_remove(global.global);
  return nullptr;
}

napi_value Server::destroyGlobal(const Napi::CallbackInfo& info) {
  Global& global = globalOf(info[0]);
  library_.global_destroy(global.global);
  globals_.erase(global.number);
  return nullptr;
}

bool Server::mayMeet(const wl_client* client, const wl_global* global, void* data) {
  const Server& self = *static_cast<const Server*>(data);
  const auto* ours = static_cast<const Global*>(self.library_.global_get_user_data(global));
  const Client* const record = self.recordOf(const_cast<wl_client*>(client));
  if (record == nullptr) return false;
  // wl_shm is libwayland's own, with no data of ours.
  for (const auto& [number, each] : self.globals_) {
    if (each.get() == ours) return (each->mask & self.facts_[record->index].mask) != 0;
  }
  return true;
}

void Server::onBind(wl_client* client, void* data, uint32_t version, uint32_t id) {
  const Global& global = *static_cast<const Global*>(data);
  Server& self = *global.server;
  const Client* const record = self.recordOf(client);
  const wl_interface* interface = self.library_.global_get_interface(global.global);
  wl_resource* const resource = self.make(client, interface, static_cast<int>(version), id);
  if (record == nullptr || resource == nullptr) return self.library_.client_post_no_memory(client);
  self.tell(Event::bind, {record->handle(), static_cast<double>(global.number),
                          static_cast<double>(version), self.adopt(resource)});
}

Server::Global& Server::globalOf(const Napi::Value& number) {
  const auto found = globals_.find(uint32Of(number, "global"));
  if (found == globals_.end()) throw Napi::RangeError::New(number.Env(), "there is no such global");
  return *found->second;
}

}  // namespace guesthead::wayland
