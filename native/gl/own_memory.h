#pragma once

#include "core/unique_fd.h"

namespace guesthead::gl {

/**
 * Mesa's software renderers map a dma-buf by the node that they were opened on, the first time that
 * it is drawn into or from. For memory of another device the kernel refuses that, and the process
 * crashes. This asks the kernel before, with the same calls on an open file of its own: by the
 * renderer's own, what it has imported would be closed with the answer.
 */
class OwnMemory {
 public:
  /** Of the node that is open as `fd`, which stays the caller's. */
  explicit OwnMemory(int fd);

  /** Throws Failure, ERR_UNSUPPORTED, where the memory is another device's, or cannot be asked
   * about. What is no dma-buf is left to EGL. */
  void check(int dmabuf) const;

 private:
  UniqueFd node_;
};

}  // namespace guesthead::gl
