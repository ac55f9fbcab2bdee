#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/unique_fd.h"
#include "gl/region.h"

namespace guesthead::gl {

/** How the end of the drawing is told. */
enum class FenceKind : uint8_t {
  /** EGL's native fence, a sync_file; a finish where the driver has none. */
  native,
  /** The thread waits until the GPU has drawn. */
  finish,
  /** A flush only: the driver's own fence on the dma-buf tells. */
  implicit,
};

enum class SourceKind : uint8_t { solid, surface, effect };
enum class AlphaMode : uint8_t { premultiplied, straight, opaque };

struct Upload {
  uint32_t surface;
  Rect rect;
};

/** Pixels, that may be fractions. */
struct Box {
  float x, y, width, height;
};

struct Layer {
  SourceKind source;
  /** A surface's or an effect's number. */
  uint32_t id;
  /** To wait for on the GPU before it is drawn from. */
  UniqueFd acquire;
  /** As of wl_output. */
  uint8_t transform;
  bool linear;
  AlphaMode alpha;
  float opacity;
  /** Premultiplied. */
  std::array<float, 4> colour;
  /** In the surface, before the transform. */
  Box from;
  Box to;
  /** An effect's surfaces, by channel; 0 = none. */
  std::array<uint32_t, 4> channels;
  /** An effect's iFrame, iTime and iMouse. */
  int frame;
  float time;
  std::array<float, 4> mouse;
  /** An effect's uniform values, in the order of their names. */
  std::vector<float> uniforms;
};

struct Composition {
  uint32_t target;
  FenceKind fence;
  std::array<float, 4> background;
  /** Drawn only here; all of the target where it is not said. */
  bool isWhole;
  std::vector<Rect> damage;
  std::vector<Upload> uploads;
  /** The lowest first. */
  std::vector<Layer> layers;
};

/**
 * Reads what src/gl/packing.ts writes: numbers in a row, the sizes first. Descriptors are
 * duplicated. Throws std::invalid_argument that names what is out of range and of which layer,
 * SystemError for a descriptor that is closed.
 */
Composition readComposition(const double* numbers, size_t count);

}  // namespace guesthead::gl
