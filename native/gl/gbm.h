#pragma once

#include <cstdint>

namespace guesthead::gl {

/**
 * Whether a `struct gbm_device` is there, as EGL itself tells it from other native displays: libgbm
 * writes the address of its gbm_create_device at the beginning. Any number may be asked about.
 */
bool isGbmDevice(uintptr_t address);

/** The node that the device was made on, which stays its maker's. Of a GBM device only. */
int nodeOfGbmDevice(void* device);

}  // namespace guesthead::gl
