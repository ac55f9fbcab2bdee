#pragma once

#include <cstddef>
#include <vector>

#include "input/library.h"

namespace guesthead::input {

/** Numbers of one event: its kind, device and time (µs), and what it tells. As `rowLength` in
 * src/native/input.ts. */
constexpr size_t kRowLength = 8;

/** Which device an event came from: what `device_set_user_data` was given. */
double numberOf(const Library& library, libinput_device* device);

/** Adds the event's row, unless it tells of nothing that JavaScript hears: a press that another
 * device holds already, a gesture. */
void appendRow(const Library& library, libinput_event* event, std::vector<double>& rows);

}  // namespace guesthead::input
