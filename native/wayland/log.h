#pragma once

#include <cstdarg>
#include <string>
#include <vector>

namespace guesthead::wayland {

/** What libwayland logs, in whichever thread, until a server tells it. */
void keepLine(const char* format, va_list arguments);
std::vector<std::string> takeLines();

}  // namespace guesthead::wayland
