#pragma once

#include <map>
#include <memory>
#include <utility>

#include "core/unique_fd.h"
#include "wayland/library.h"

namespace guesthead::wayland {

/** One pool of a client's, as long as libwayland has it mapped. */
struct ShmMemory {
  /** None where the client has so many that its pictures are copied. */
  UniqueFd fd;
  /** How many its client has, of which each counts itself. */
  std::shared_ptr<size_t> count;

  ShmMemory(UniqueFd file, std::shared_ptr<size_t> of) : fd(std::move(file)), count(std::move(of)) {
    ++*count;
  }
  ShmMemory(const ShmMemory&) = delete;
  ShmMemory& operator=(const ShmMemory&) = delete;
  ~ShmMemory() { --*count; }
};

/** Where in a client's memory a picture lies. */
struct ShmPicture {
  std::shared_ptr<const ShmMemory> memory;
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
  explicit ShmPools(const Library& library) : library_(library) {}
  ShmPools(const ShmPools&) = delete;
  ShmPools& operator=(const ShmPools&) = delete;

  /** Null for what is no buffer of wl_shm, and for those of a client that has too many pools. */
  const ShmPicture* find(wl_resource* buffer) const;
  void forget(wl_client* client);
  /** Before libwayland acts on it. Throws std::bad_alloc. */
  void onRequest(const LoggedMessage& message);

 private:
  using Key = std::pair<wl_client*, uint32_t>;
  using Memory = std::shared_ptr<const ShmMemory>;

  void addPool(wl_client* client, const wl_argument* arguments);
  void addPicture(const Key& pool, const wl_argument* arguments);

  const Library& library_;
  std::map<wl_client*, std::shared_ptr<size_t>> counts_;
  std::map<Key, Memory> pools_;
  std::map<Key, ShmPicture> pictures_;
};

}  // namespace guesthead::wayland
