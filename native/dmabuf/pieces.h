#pragma once

#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace guesthead {

/** Of a buffer: the longest ArrayBuffer of every supported Node; the kernel's own limits are far
 * below. */
constexpr uint64_t kMaxBytes = 4294967295;

/** Whole pages of an open file, in bytes. */
struct Piece {
  int fd;
  uint64_t offset;
  uint64_t size;
};

/** Pieces of files, side by side. */
struct Pieces {
  std::vector<Piece> list;
  size_t bytes;
};

/**
 * The arguments (fds, offsets, sizes), of equal length and not empty. Throws RangeError where one
 * is not of whole pages or reaches past 2^63, or all are longer than an ArrayBuffer can be.
 */
Pieces piecesOf(const Napi::CallbackInfo& info);

/** createUdmabufOf(fds, offsets, sizes): a dma-buf of those pages; the caller owns the descriptor.
 */
napi_value createUdmabufOf(const Napi::CallbackInfo& info);

/** sealsOf(fd): F_GET_SEALS. */
napi_value sealsOf(const Napi::CallbackInfo& info);

}  // namespace guesthead
