#pragma once

#include <cstdint>
#include <memory>

#include "core/unique_fd.h"

namespace guesthead {

/** An open DRM node. Whoever has a handle of it keeps it open. */
using SharedNode = std::shared_ptr<const UniqueFd>;

/**
 * One handle of a DRM syncobj: a timeline whose points signal, in whichever process they were set.
 * The kernel binds it to no device: the node is only where the handle is. Destroys its handle.
 * All of it throws SystemError.
 */
class Syncobj {
 public:
  static Syncobj create(SharedNode node);
  /** Of another process's descriptor, which stays the caller's. EINVAL: it is no syncobj. */
  static Syncobj import(SharedNode node, int fd);
  Syncobj(Syncobj&& other) noexcept;
  Syncobj& operator=(Syncobj&&) = delete;
  ~Syncobj();

  /** A new descriptor, by which others import it. */
  UniqueFd exported() const;
  bool isSignalled(uint64_t point) const;
  /** An eventfd that is readable once the point has signalled; nobody need have set that yet. */
  UniqueFd eventOf(uint64_t point) const;
  void signal(uint64_t point) const;

 private:
  Syncobj(SharedNode node, uint32_t handle) : node_(std::move(node)), handle_(handle) {}
  void call(unsigned long request, void* argument, const char* name) const;

  SharedNode node_;
  /** 0 = none. */
  uint32_t handle_;
};

/**
 * Tries on the node all that is done with clients' timelines. Throws SystemError: EOPNOTSUPP by
 * DRM_CAP_SYNCOBJ_TIMELINE where its driver has no timelines, EINVAL by DRM_IOCTL_SYNCOBJ_EVENTFD
 * before Linux 6.6, or what else does not work.
 */
void trySyncobjs(const SharedNode& node);

}  // namespace guesthead
