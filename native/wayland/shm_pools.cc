#include "wayland/shm_pools.h"

#include <cstring>
#include <set>

namespace guesthead::wayland {
namespace {

/** Each costs a descriptor; one more, and its client's pictures are copied. */
constexpr size_t kMostPools = 64;
constexpr int kRequest = 0;
/** Requests by number, as wayland.xml has them. */
constexpr int kShmCreatePool = 0, kPoolCreateBuffer = 0, kPoolDestroy = 1, kBufferDestroy = 0;

}  // namespace

ShmPools::ShmPools(const Library& library, wl_display* display)
    : library_(library), logger_(library.display_add_protocol_logger(display, onMessage, this)) {}

ShmPools::~ShmPools() {
  if (logger_ != nullptr) library_.protocol_logger_destroy(logger_);
}

const ShmPicture* ShmPools::find(wl_resource* buffer) const {
  const auto found =
      pictures_.find({library_.resource_get_client(buffer), library_.resource_get_id(buffer)});
  return found == pictures_.end() ? nullptr : &found->second;
}

void ShmPools::forget(wl_client* client) {
  const auto of = [client](auto& map) {
    map.erase(map.lower_bound({client, 0}), map.upper_bound({client, UINT32_MAX}));
  };
  of(pools_);
  of(pictures_);
}

/** Called from within libwayland: nothing is thrown across it. */
void ShmPools::onMessage(void* self, int direction, const LoggedMessage* message) {
  if (direction != kRequest) return;
  try {
    static_cast<ShmPools*>(self)->onRequest(*message);
  } catch (...) {
    // Without a record the picture is copied.
  }
}

void ShmPools::onRequest(const LoggedMessage& message) {
  const char* const name = library_.resource_get_class(message.resource);
  if (name[3] != 's' && name[3] != 'b')
    return;  // wl_shm…, wl_buffer: all others but wl_s…, at once
  const int opcode = message.opcode;
  const Key key = {library_.resource_get_client(message.resource),
                   library_.resource_get_id(message.resource)};
  if (std::strcmp(name, "wl_buffer") == 0) {
    if (opcode == kBufferDestroy) pictures_.erase(key);
  } else if (std::strcmp(name, "wl_shm") == 0) {
    if (opcode == kShmCreatePool) addPool(key.first, message.arguments);
  } else if (std::strcmp(name, "wl_shm_pool") == 0) {
    if (opcode == kPoolCreateBuffer) addPicture(key, message.arguments);
    if (opcode == kPoolDestroy) pools_.erase(key);
  }
}

/** id, descriptor, size */
void ShmPools::addPool(wl_client* client, const wl_argument* arguments) {
  const Key key = {client, arguments[0].n};
  pools_.erase(key);
  if (poolsOf(client) >= kMostPools) return;
  pools_.emplace(key, std::make_shared<const UniqueFd>(UniqueFd::duplicate(arguments[1].h)));
}

/** id, offset, width, height, stride, format */
void ShmPools::addPicture(const Key& pool, const wl_argument* arguments) {
  const Key key = {pool.first, arguments[0].n};
  pictures_.erase(key);
  const auto found = pools_.find(pool);
  if (found == pools_.end()) return;
  pictures_.emplace(key, ShmPicture{found->second, arguments[1].i, arguments[3].i, arguments[4].i});
}

size_t ShmPools::poolsOf(wl_client* client) const {
  std::set<const void*> open;
  for (auto at = pools_.lower_bound({client, 0}); at != pools_.end() && at->first.first == client;
       ++at)
    open.insert(at->second.get());
  for (auto at = pictures_.lower_bound({client, 0});
       at != pictures_.end() && at->first.first == client; ++at)
    open.insert(at->second.memory.get());
  return open.size();
}

}  // namespace guesthead::wayland
