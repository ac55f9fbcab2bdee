/** What JavaScript asks of a client, and what libwayland tells of one. */
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/arguments.h"
#include "wayland/server.h"

namespace guesthead::wayland {
namespace {

/** Of the mask that every client has: unless told otherwise it sees what is for all. */
constexpr uint32_t kEverybody = 1;

}  // namespace

/** A connected socket, of which a duplicate is kept. */
napi_value Server::createClient(const Napi::CallbackInfo& info) {
  UniqueFd fd = UniqueFd::duplicate(fdOf(info[0], "fd"));
  wl_client* const client = library_.client_create(display_, fd.get());
  if (client == nullptr) throw SystemError{errno, "wl_client_create"};
  fd.release();
  Client* const record = recordOf(client);
  if (record == nullptr) throw SystemError{ENOMEM, "wl_client_create"};
  return numberValue(info.Env(), record->handle());
}

napi_value Server::destroyClient(const Napi::CallbackInfo& info) {
  doomed_.push_back(clientOf(info[0]).handle());
  settle();
  return nullptr;
}

napi_value Server::credentials(const Napi::CallbackInfo& info) {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  library_.client_get_credentials(clientOf(info[0]).object, &pid, &uid, &gid);
  const Napi::Array list = Napi::Array::New(info.Env(), 3);
  list.Set(0u, pid);
  list.Set(1u, uid);
  list.Set(2u, gid);
  return list;
}

/** An accepted socket has the name of the one that listened; empty where that has none. */
napi_value Server::socketPath(const Napi::CallbackInfo& info) {
  sockaddr_un address{};
  socklen_t length = sizeof address;
  const int fd = library_.client_get_fd(clientOf(info[0]).object);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) < 0) {
    throw SystemError{errno, "getsockname"};
  }
  const size_t start = offsetof(sockaddr_un, sun_path);
  const size_t most = length > start ? std::min(length - start, sizeof address.sun_path) : 0;
  return textValue(info.Env(), {address.sun_path, strnlen(address.sun_path, most)});
}

/** Ends the client for having asked for too much. */
napi_value Server::postNoMemory(const Napi::CallbackInfo& info) {
  library_.client_post_no_memory(clientOf(info[0]).object);
  sendSoon();
  return nullptr;
}

napi_value Server::setClientMask(const Napi::CallbackInfo& info) {
  facts_[clientOf(info[0]).index].mask = uint32Of(info[1], "mask");
  return nullptr;
}

void Server::onClientCreated(wl_listener* listener, void* data) {
  Server& self = *reinterpret_cast<Created*>(listener)->server;
  auto* const client = static_cast<wl_client*>(data);
  try {
    self.progressed_ = true;
    Client& record = self.clients_.take(client, &self);
    while (self.facts_.size() <= record.index) self.facts_.emplace_back();
    Facts& facts = self.facts_[record.index];
    facts = {{{}, onResourceCreated}, &self, kEverybody, 0, 0, {}, End::left};
    record.destroyed.notify = onClientDestroyed;
    self.library_.client_add_destroy_listener(client, &record.destroyed);
    self.library_.client_add_resource_created_listener(client, &facts.resourceCreated);
    self.tell(Event::client, {record.handle()});
  } catch (...) {
    // Without a record it sees no global, and nothing is made for it.
  }
}

void Server::onClientDestroyed(wl_listener* listener, void*) {
  Client& record = *reinterpret_cast<Client*>(listener);
  Server& self = *static_cast<Server*>(record.owner);
  const double handle = record.handle();
  const End end = self.facts_[record.index].end;
  self.progressed_ = true;
  if (self.pools_ != nullptr) self.pools_->forget(record.object);
  self.clients_.free(record);
  self.tell(Event::clientGone, {handle, static_cast<double>(end)});
}

Server::Client& Server::clientOf(const Napi::Value& handle) {
  Client* const client = clients_.find(numberOf(handle, "client", 0, kMostHandle));
  if (client == nullptr) throw SystemError{ENOTCONN, "the client"};
  return *client;
}

Server::Client* Server::recordOf(wl_client* client) const {
  return reinterpret_cast<Client*>(library_.client_get_destroy_listener(client, onClientDestroyed));
}

Server::Facts* Server::factsOf(wl_client* client) {
  const Client* const record = recordOf(client);
  return record == nullptr ? nullptr : &facts_[record->index];
}

}  // namespace guesthead::wayland
