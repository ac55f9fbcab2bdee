#include "wayland/shm_pools.h"

#include <cstring>

namespace guesthead::wayland {
namespace {

/** Each costs a descriptor; one more, and its client's pictures are copied. */
constexpr size_t kMostOpen = 64;
/** Each costs a mapping, of which a process has 65,530: one more ends its client. */
constexpr size_t kMostMapped = 1024;
/** Requests by number, as wayland.xml has them. */
constexpr int kShmCreatePool = 0, kPoolCreateBuffer = 0, kPoolDestroy = 1, kBufferDestroy = 0;

}  // namespace

const ShmPicture* ShmPools::find(wl_resource* buffer) const {
  const auto found =
      pictures_.find({library_.resource_get_client(buffer), library_.resource_get_id(buffer)});
  return found == pictures_.end() || !found->second.memory->fd ? nullptr : &found->second;
}

void ShmPools::forget(wl_client* client) {
  const auto of = [client](auto& map) {
    map.erase(map.lower_bound({client, 0}), map.upper_bound({client, UINT32_MAX}));
  };
  of(pools_);
  of(pictures_);
  counts_.erase(client);
}

void ShmPools::onRequest(const LoggedMessage& message) {
  const char* const name = library_.resource_get_class(message.resource);
  const bool mayBeOurs = name[3] == 'b' || (name[3] == 's' && name[4] == 'h');
  if (!mayBeOurs) return;  // wl_shm, wl_shm_pool, wl_buffer; nearly all others are none at a look
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
  std::shared_ptr<size_t>& count = counts_[client];
  if (count == nullptr) count = std::make_shared<size_t>(0);
  if (*count >= kMostMapped) return library_.client_post_no_memory(client);
  UniqueFd fd(*count < kMostOpen ? fcntl(arguments[1].h, F_DUPFD_CLOEXEC, 0) : -1);
  pools_.emplace(key, std::make_shared<const ShmMemory>(std::move(fd), count));
}

/** id, offset, width, height, stride, format */
void ShmPools::addPicture(const Key& pool, const wl_argument* arguments) {
  const Key key = {pool.first, arguments[0].n};
  pictures_.erase(key);
  const auto found = pools_.find(pool);
  if (found == pools_.end()) return;
  pictures_.emplace(key, ShmPicture{found->second, arguments[1].i, arguments[3].i, arguments[4].i});
}

}  // namespace guesthead::wayland
