#pragma once

#include <cstdint>

namespace guesthead::paint {

/** As pixman.h declares them: its stable interface, so that the addon builds without it. */
struct Image;
using Fixed = int32_t;

struct Transform {
  Fixed matrix[3][3];
};

struct Box {
  int32_t x1, y1, x2, y2;
};

struct Region {
  Box extents;
  void* data;
};

struct Colour {
  uint16_t red, green, blue, alpha;
};

/** Return type, name without "pixman_", parameters. */
#define GUESTHEAD_PIXMAN_FUNCTIONS(X)                                                              \
  X(Image*, image_create_bits_no_clear, (uint32_t format, int width, int height, uint32_t*, int))  \
  X(Image*, image_create_solid_fill, (const Colour*))                                              \
  X(int, image_set_transform, (Image*, const Transform*))                                          \
  X(int, image_set_filter, (Image*, int filter, const Fixed* parameters, int count))               \
  X(void, image_set_repeat, (Image*, int repeat))                                                  \
  X(int, image_set_clip_region32, (Image*, Region*))                                               \
  X(void, image_composite32,                                                                       \
    (int operation, Image* source, Image* mask, Image* target, int32_t, int32_t, int32_t, int32_t, \
     int32_t x, int32_t y, int32_t width, int32_t height))                                         \
  X(int, image_unref, (Image*))                                                                    \
  X(int, region32_init_rects, (Region*, const Box*, int count))                                    \
  X(void, region32_fini, (Region*))

/** libpixman-1 as loaded at run time: an addon that paints nothing does not ask for it. */
struct Library {
#define GUESTHEAD_DECLARE(result, name, parameters) result(*name) parameters;
  GUESTHEAD_PIXMAN_FUNCTIONS(GUESTHEAD_DECLARE)
#undef GUESTHEAD_DECLARE

  /** Opened once in a process and never unloaded. Throws LibraryMissing. */
  static const Library& load();
};

}  // namespace guesthead::paint
