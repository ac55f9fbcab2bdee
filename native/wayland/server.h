#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/before_wait.h"
#include "core/callbacks.h"
#include "core/environment.h"
#include "core/object.h"
#include "core/poller.h"
#include "wayland/handles.h"
#include "wayland/library.h"
#include "wayland/listener.h"
#include "wayland/load.h"
#include "wayland/shm_pools.h"

namespace guesthead::wayland {

/**
 * `NativeWayland` in src/native/wayland.ts: one wl_display on the environment's own loop. It knows
 * no protocol: what a request means, and which state it changes, is JavaScript's. Objects, clients
 * and globals are numbers there.
 *
 * libwayland calls us, we call JavaScript, and JavaScript calls us: while a client's messages are
 * read nothing of it may be freed, so that ending a client, or everything, waits until they have
 * been.
 */
class Server final : public Closable, public std::enable_shared_from_this<Server> {
 public:
  static constexpr Class kClass = Class::wayland;
  static constexpr const char* kName = "Wayland server";
  static void define(Environment& environment);

  /** openWayland(table, onRequest, onEvent, onFault) */
  static napi_value open(const Napi::CallbackInfo& info);

  Server(std::shared_ptr<Environment> environment, const Library& library);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  bool closed() const { return closed_; }
  void abandoned() { close(); }
  void close() override;

 private:
  using Resource = Handles<wl_resource>::Slot;
  using Client = Handles<wl_client>::Slot;
  struct Global;
  /** What `onEvent` is told; as `eventKinds` in src/native/wayland.ts. */
  enum class Event { client, clientGone, bind, destroyed, log, greedy };
  /** Why a client goes, as `clientEnds` in src/native/wayland.ts; `left` unless it was ended. */
  enum class End { left, error, tooMuch, stuck };
  struct Facts;
  /** What a client may have; more ends it, and what is too many clients waits. */
  struct Limits {
    uint32_t objects = 4096;
    uint32_t clients = 32;
    LoadLimit load = {0.5, 5};
  };

  void start(napi_value owner, const Napi::CallbackInfo& info);
  void onReadable(int error);
  void onBeforeWait();
  void sendSoon();
  /** What had to wait while messages were read. */
  void settle();
  void end();

  // Methods of the JavaScript object: server.cc
  napi_value listen(const Napi::CallbackInfo& info);
  napi_value limit(const Napi::CallbackInfo& info);
  napi_value initShm(const Napi::CallbackInfo& info);
  napi_value nextSerial(const Napi::CallbackInfo& info);
  napi_value stats(const Napi::CallbackInfo& info);
  // clients.cc
  napi_value createClient(const Napi::CallbackInfo& info);
  napi_value destroyClient(const Napi::CallbackInfo& info);
  napi_value credentials(const Napi::CallbackInfo& info);
  napi_value socketPath(const Napi::CallbackInfo& info);
  napi_value postNoMemory(const Napi::CallbackInfo& info);
  napi_value setClientMask(const Napi::CallbackInfo& info);
  // globals.cc
  napi_value addGlobal(const Napi::CallbackInfo& info);
  napi_value removeGlobal(const Napi::CallbackInfo& info);
  napi_value destroyGlobal(const Napi::CallbackInfo& info);
  // events.cc
  napi_value post(const Napi::CallbackInfo& info);
  napi_value postLast(const Napi::CallbackInfo& info);
  napi_value postError(const Napi::CallbackInfo& info);
  // resources.cc
  napi_value createResource(const Napi::CallbackInfo& info);
  napi_value destroyResource(const Napi::CallbackInfo& info);
  napi_value describeResource(const Napi::CallbackInfo& info);
  // shm.cc
  napi_value shmInfo(const Napi::CallbackInfo& info);
  napi_value shmRead(const Napi::CallbackInfo& info);
  napi_value shmPaint(const Napi::CallbackInfo& info);
  napi_value shmDmabuf(const Napi::CallbackInfo& info);

  // Called by libwayland.
  static void onClientCreated(wl_listener* listener, void* client);
  static void onClientDestroyed(wl_listener* listener, void* client);
  static void onResourceDestroyed(wl_listener* listener, void* resource);
  static void onBind(wl_client* client, void* global, uint32_t version, uint32_t id);
  static void onResourceCreated(wl_listener* listener, void* resource);
  static void onMessage(void* self, int direction, const LoggedMessage* message);
  static bool mayMeet(const wl_client* client, const wl_global* global, void* self);
  static int onRequest(const void* self, void* target, uint32_t opcode, const wl_message* message,
                       wl_argument* arguments);

  void dispatch(wl_resource* target, uint32_t opcode, const wl_message& message,
                wl_argument* arguments);
  bool send(Resource& target, const Napi::CallbackInfo& info);
  const wl_interface* interfaceOf(wl_resource* resource);
  double adopt(wl_resource* resource);
  Resource& slotOf(wl_resource* resource);
  wl_resource* make(wl_client* client, const wl_interface* interface, int version, uint32_t id);
  napi_value valueOf(char type, const wl_interface* interface, wl_resource* parent,
                     const wl_argument& argument);
  void unmapPages(wl_shm_buffer* buffer, size_t bytes) const;
  void tell(Event event, std::initializer_list<double> details);
  void tellLog();
  /** What JavaScript threw is the request's fault, not the process's: the client is told and ended.
   */
  void blame(wl_client* client);
  // guard.cc
  void heard(const LoggedMessage& message);
  void said(const LoggedMessage& message);
  void doom(double client, End end);
  void guardProgress();
  void guardLoad(double busySeconds);

  Resource* resourceOf(const Napi::Value& handle);
  Client& clientOf(const Napi::Value& handle);
  Client* recordOf(wl_client* client) const;
  Facts* factsOf(wl_client* client);
  Global& globalOf(const Napi::Value& number);

  struct Created {
    wl_listener listener;
    Server* server;
  };

  const std::shared_ptr<Environment> environment_;
  const Library& library_;
  Callbacks callbacks_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<BeforeWait> sending_;
  wl_display* display_ = nullptr;
  wl_event_loop* loop_ = nullptr;
  Created created_{};
  wl_protocol_logger* logger_ = nullptr;
  std::unique_ptr<ShmPools> pools_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  Limits limits_;
  Handles<wl_resource> resources_;
  /** By the names that libwayland has of them, each of which stays where it is. */
  std::unordered_map<const char*, const wl_interface*> interfaces_;
  Handles<wl_client> clients_;
  /** By client's slot; each stays where it is. */
  std::deque<Facts> facts_;
  std::map<uint32_t, std::unique_ptr<Global>> globals_;
  uint32_t nextGlobal_ = 1;
  std::vector<double> doomed_;
  /** Whether the last wake-up brought a message, or a client that came or went; how many in a row
   * did not. */
  bool progressed_ = false;
  int fruitless_ = 0;
  /** Clients whose bytes waited at the last wake-up, once it was one too many that brought nothing.
   */
  std::vector<double> suspects_;
  /** Whether JavaScript was told anything since the loop was about to wait. */
  bool told_ = false;
  double windowStart_ = 0;
  int depth_ = 0;
  bool closing_ = false;
  bool closed_ = false;
  bool silent_ = false;
};

/** Of one client. */
struct Server::Facts {
  /** First, so that the listener's address is the facts'. */
  wl_listener resourceCreated{};
  Server* server = nullptr;
  /** Which globals it may see. */
  uint32_t mask = 0;
  uint32_t objects = 0;
  /** In this wake-up. */
  uint32_t messages = 0;
  Load load;
  End end = End::left;
};

struct Server::Global {
  Server* server;
  wl_global* global;
  uint32_t number;
  uint32_t mask;
  bool removed;
};

}  // namespace guesthead::wayland
