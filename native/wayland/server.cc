#include "wayland/server.h"

#include <array>

#include "core/arguments.h"
#include "wayland/interfaces.h"
#include "wayland/log.h"

namespace guesthead::wayland {
namespace {

constexpr size_t kBufferBytes = 16384;
/** Of an event that JavaScript is told. */
constexpr size_t kMostDetails = 4;

}  // namespace

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
  const napi_value owner = wrap(*environment, server,
                                {method("post", call<Server, &Server::post>),
                                 method("postLast", call<Server, &Server::postLast>)});
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
    callbacks_.call(1, {numberValue(env, static_cast<double>(Event::log)), textValue(env, line)});
  }
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

}  // namespace guesthead::wayland
