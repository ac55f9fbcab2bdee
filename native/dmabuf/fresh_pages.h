#pragma once

#include <cstddef>

namespace guesthead {

/**
 * Gives every page of a new memfd its memory, zeros, so that pages that follow each other have
 * addresses that do, as far as the kernel's choice allows it. Throws SystemError.
 */
void makePages(int memory, size_t bytes);

}  // namespace guesthead
