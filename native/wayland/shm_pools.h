#pragma once

#include <map>
#include <memory>
#include <utility>

#include "core/unique_fd.h"
#include "wayland/library.h"

namespace guesthead::wayland {

/** Where in a client's memory a picture lies. */
struct ShmPicture {
  std::shared_ptr<const UniqueFd> memory;
  int32_t offset;
  int32_t height;
  int32_t stride;
};

/**
 * The memory behind the clients' shm buffers, which libwayland maps and then forgets: a protocol
 * logger sees the descriptor before libwayland does. A pool is kept as long as one of its buffers
 * is; what libwayland refuses goes with its client, which that ends.
 */
class ShmPools {
 public:
  ShmPools(const Library& library, wl_display* display);
  ShmPools(const ShmPools&) = delete;
  ShmPools& operator=(const ShmPools&) = delete;
  ~ShmPools();

  /** Null for what is no buffer of wl_shm, and for those of a client that has too many pools. */
  const ShmPicture* find(wl_resource* buffer) const;
  void forget(wl_client* client);

 private:
  using Key = std::pair<wl_client*, uint32_t>;
  using Memory = std::shared_ptr<const UniqueFd>;

  static void onMessage(void* self, int direction, const LoggedMessage* message);
  void onRequest(const LoggedMessage& message);
  void addPool(wl_client* client, const wl_argument* arguments);
  void addPicture(const Key& pool, const wl_argument* arguments);
  size_t poolsOf(wl_client* client) const;

  const Library& library_;
  wl_protocol_logger* logger_;
  std::map<Key, Memory> pools_;
  std::map<Key, ShmPicture> pictures_;
};

}  // namespace guesthead::wayland
