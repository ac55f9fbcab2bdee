#include "wayland/server.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "core/arguments.h"
#include "wayland/interfaces.h"

namespace guesthead::wayland {
namespace {

/** Of the mask that every client has: unless told otherwise it sees what is for all. */
constexpr uint32_t kEverybody = 1;
constexpr size_t kBufferBytes = 16384;
constexpr size_t kMostLines = 32;
/** Of an event that JavaScript is told. */
constexpr size_t kMostDetails = 4;

/** What libwayland logs, in whichever thread, until a server tells it. */
struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;
};

Log& logged() {
  static Log* const one = new Log;
  return *one;
}

void keepLine(const char* format, va_list arguments) {
  char line[512];
  std::vsnprintf(line, sizeof line, format, arguments);
  const std::lock_guard<std::mutex> lock(logged().mutex);
  if (logged().lines.size() < kMostLines) logged().lines.emplace_back(line);
}

std::vector<std::string> takeLines() {
  const std::lock_guard<std::mutex> lock(logged().mutex);
  return std::exchange(logged().lines, {});
}

napi_value stringValue(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

}  // namespace

struct Server::Global {
  Server* server;
  wl_global* global;
  uint32_t number;
  uint32_t mask;
  bool removed;
};

void Server::define(Environment& environment) {
  const napi_property_descriptor methods[] = {
      method("listen", call<Server, &Server::listen>),
      method("limit", call<Server, &Server::limit>),
      method("createClient", call<Server, &Server::createClient>),
      method("destroyClient", call<Server, &Server::destroyClient>),
      method("credentials", call<Server, &Server::credentials>),
      method("socketPath", call<Server, &Server::socketPath>),
      method("postNoMemory", call<Server, &Server::postNoMemory>),
      method("setClientMask", call<Server, &Server::setClientMask>),
      method("addGlobal", call<Server, &Server::addGlobal>),
      method("removeGlobal", call<Server, &Server::removeGlobal>),
      method("destroyGlobal", call<Server, &Server::destroyGlobal>),
      method("initShm", call<Server, &Server::initShm>),
      method("nextSerial", call<Server, &Server::nextSerial>),
      method("stats", call<Server, &Server::stats>),
      method("post", call<Server, &Server::post>),
      method("postLast", call<Server, &Server::postLast>),
      method("postError", call<Server, &Server::postError>),
      method("createResource", call<Server, &Server::createResource>),
      method("destroyResource", call<Server, &Server::destroyResource>),
      method("describeResource", call<Server, &Server::describeResource>),
      method("shmInfo", call<Server, &Server::shmInfo>),
      method("shmRead", call<Server, &Server::shmRead>),
      method("shmPaint", call<Server, &Server::shmPaint>),
      method("shmDmabuf", call<Server, &Server::shmDmabuf>),
      method("close", callClose<Server>),
  };
  environment.defineClass(kClass, "WaylandServer", std::size(methods), methods);
}

napi_value Server::open(const Napi::CallbackInfo& info) {
  for (const size_t index : {1, 2, 3}) functionOf(info[index], "callback");
  const Library& library = Library::load();
  Interfaces::add(info[0]);
  const auto& environment = Environment::of(info.Env());
  const auto server = std::make_shared<Server>(environment, library);
  const napi_value owner = wrap(*environment, server);
  server->start(owner, info);
  return owner;
}

Server::Server(std::shared_ptr<Environment> environment, const Library& library)
    : environment_(std::move(environment)), library_(library), display_(library.display_create()) {
  if (display_ == nullptr) throw SystemError{ENOMEM, "wl_display_create"};
  loop_ = library.display_get_event_loop(display_);
  library.log_set_handler_server(keepLine);
  if (library.display_set_default_max_buffer_size != nullptr) {
    library.display_set_default_max_buffer_size(display_, kBufferBytes);
  }
  created_.server = this;
  created_.listener.notify = onClientCreated;
  library.display_add_client_created_listener(display_, &created_.listener);
  library.display_set_global_filter(display_, mayMeet, this);
  logger_ = library.display_add_protocol_logger(display_, onMessage, this);
}

/** Only where it never started: whoever is wrapped is closed first. */
Server::~Server() {
  if (display_ == nullptr) return;
  if (logger_ != nullptr) library_.protocol_logger_destroy(logger_);
  library_.display_destroy(display_);
}

void Server::start(napi_value owner, const Napi::CallbackInfo& info) {
  callbacks_.bind(info.Env(), owner, "guesthead:wayland", nullptr, {info[1], info[2], info[3]});
  poller_ =
      std::make_unique<Poller>(environment_, UniqueFd::duplicate(library_.event_loop_get_fd(loop_)),
                               [this](int error) { onReadable(error); });
  const int result = poller_->start(UV_READABLE);
  if (result < 0) throw SystemError{-result, "epoll_ctl"};
  sending_ = std::make_unique<BeforeWait>(environment_, [this] { onBeforeWait(); });
  environment_->add(this);
  callbacks_.hold(true);
}

void Server::onReadable(int) {
  const auto self = shared_from_this();
  const CallbackScope scope(callbacks_);
  const double before = threadSeconds();
  ++depth_;
  library_.event_loop_dispatch(loop_, 0);
  guardProgress();
  guardLoad(threadSeconds() - before);
  --depth_;
  settle();
}

/** Of what a turn's callbacks have posted; while messages are read it is sent after them. */
void Server::sendSoon() {
  if (depth_ == 0 && sending_) sending_->ask();
}

/**
 * Promise jobs of what was told run as a scope ends; mostly nothing was, and there is no need of
 * one. What they post would wait for the loop's next turn otherwise.
 */
void Server::onBeforeWait() {
  const auto self = shared_from_this();
  do {
    told_ = false;
    settle();
    if (told_ && !closed_) const CallbackScope scope(callbacks_);
  } while (told_ && !closed_);
}

void Server::settle() {
  if (depth_ > 0 || closed_) return;
  ++depth_;
  // First, so that one that is ended hears why.
  library_.display_flush_clients(display_);
  for (size_t index = 0; index < doomed_.size(); ++index) {
    Client* const client = clients_.find(doomed_[index]);
    if (client != nullptr) library_.client_destroy(client->object);
  }
  // What the others were told of that.
  if (!doomed_.empty()) library_.display_flush_clients(display_);
  doomed_.clear();
  for (const auto& listener : listeners_) listener->take(clients_.live() < limits_.clients);
  tellLog();
  --depth_;
  if (closing_) end();
}

/** JavaScript hears of nothing that ends with it: it has ended all of it itself. */
void Server::close() {
  if (closed_ || closing_) return;
  closing_ = true;
  silent_ = true;
  if (depth_ == 0) end();
}

void Server::end() {
  closed_ = true;
  environment_->remove(this);
  poller_.reset();
  sending_.reset();
  listeners_.clear();
  library_.display_destroy_clients(display_);
  for (const auto& [number, global] : globals_) library_.global_destroy(global->global);
  globals_.clear();
  pools_.reset();
  if (logger_ != nullptr) library_.protocol_logger_destroy(std::exchange(logger_, nullptr));
  library_.display_destroy(std::exchange(display_, nullptr));
  callbacks_.release();
}

napi_value Server::listen(const Napi::CallbackInfo& info) {
  const std::string path = stringOf(info[0], "path");
  if (path.empty() || path[0] != '/')
    throw Napi::RangeError::New(info.Env(), "path must be absolute");
  listeners_.push_back(std::make_unique<Listener>(library_, display_, path));
  return nullptr;
}

/** limit(objects, clients, share, seconds): from now on. */
napi_value Server::limit(const Napi::CallbackInfo& info) {
  limits_.objects = uint32Of(info[0], "objects");
  limits_.clients = uint32Of(info[1], "clients");
  limits_.load = {numberOf(info[2], "share", 0, 1), numberOf(info[3], "seconds", 0.001, 3600)};
  return nullptr;
}

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
  return stringValue(info.Env(), {address.sun_path, strnlen(address.sun_path, most)});
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

napi_value Server::initShm(const Napi::CallbackInfo&) {
  if (library_.display_init_shm(display_) < 0) throw SystemError{ENOMEM, "wl_display_init_shm"};
  if (pools_ == nullptr) pools_ = std::make_unique<ShmPools>(library_);
  return nullptr;
}

napi_value Server::nextSerial(const Napi::CallbackInfo& info) {
  return numberValue(info.Env(), library_.display_next_serial(display_));
}

napi_value Server::stats(const Napi::CallbackInfo& info) {
  const Napi::Object counts = Napi::Object::New(info.Env());
  counts.Set("clients", static_cast<double>(clients_.live()));
  counts.Set("resources", static_cast<double>(resources_.live()));
  counts.Set("globals", static_cast<double>(globals_.size()));
  return counts;
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

void Server::tell(Event event, std::initializer_list<double> details) {
  if (silent_) return;
  const napi_env env = callbacks_.env();
  const Napi::HandleScope handles(env);
  std::array<napi_value, 1 + kMostDetails> arguments{numberValue(env, static_cast<double>(event))};
  size_t count = 1;
  for (const double detail : details) arguments[count++] = numberValue(env, detail);
  told_ = true;
  callbacks_.call(1, arguments.data(), count);
}

void Server::tellLog() {
  const napi_env env = callbacks_.env();
  for (const std::string& line : takeLines()) {
    if (silent_) return;
    const Napi::HandleScope handles(env);
    told_ = true;
    callbacks_.call(1, {numberValue(env, static_cast<double>(Event::log)), stringValue(env, line)});
  }
}

Server::Client& Server::clientOf(const Napi::Value& handle) {
  Client* const client = clients_.find(numberOf(handle, "client", 0, 9007199254740991));
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

Server::Global& Server::globalOf(const Napi::Value& number) {
  const auto found = globals_.find(uint32Of(number, "global"));
  if (found == globals_.end()) throw Napi::RangeError::New(number.Env(), "there is no such global");
  return *found->second;
}

}  // namespace guesthead::wayland
