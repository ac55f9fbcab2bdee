#include "input/rows.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

namespace guesthead::input {
namespace {

/** Of libinput.h. */
enum EventType {
  kDeviceRemoved = 2,
  kKey = 300,
  kMotion = 400,
  kMotionAbsolute = 401,
  kButton = 402,
  kScrollWheel = 404,
  kScrollFinger = 405,
  kScrollContinuous = 406,
  kTouchDown = 500,
  kTouchUp = 501,
  kTouchMotion = 502,
  kTouchCancel = 503,
  kTouchFrame = 504,
};
enum Axis { kVertical, kHorizontal };

/** As `rowKinds` in src/native/input.ts. */
enum class Row {
  motion,
  relative,
  button,
  axis,
  key,
  touchDown,
  touchMotion,
  touchUp,
  touchCancel,
  touchFrame,
  removed
};

/** An axis that has not moved. */
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Writer {
  const Library& library;
  libinput_event* event;
  std::vector<double>& rows;

  void row(Row kind, uint64_t timeUs, std::initializer_list<double> values = {}) const {
    std::array<double, kRowLength> numbers{static_cast<double>(kind),
                                           numberOf(library, library.event_get_device(event)),
                                           static_cast<double>(timeUs)};
    std::copy(values.begin(), values.end(), numbers.begin() + 3);
    rows.insert(rows.end(), numbers.begin(), numbers.end());
  }

  /** A key or button that several devices hold counts once: its first press and its last release.
   */
  void held(Row kind, uint64_t timeUs, uint32_t code, bool pressed, uint32_t holders) const {
    if (holders == (pressed ? 1 : 0))
      row(kind, timeUs, {static_cast<double>(code), pressed ? 1.0 : 0.0});
  }

  void key() const {
    libinput_event_keyboard* const key = library.event_get_keyboard_event(event);
    held(Row::key, library.event_keyboard_get_time_usec(key), library.event_keyboard_get_key(key),
         library.event_keyboard_get_key_state(key) != 0,
         library.event_keyboard_get_seat_key_count(key));
  }

  void button(libinput_event_pointer* pointer, uint64_t timeUs) const {
    held(Row::button, timeUs, library.event_pointer_get_button(pointer),
         library.event_pointer_get_button_state(pointer) != 0,
         library.event_pointer_get_seat_button_count(pointer));
  }

  void relative(libinput_event_pointer* pointer, uint64_t timeUs) const {
    row(Row::relative, timeUs,
        {library.event_pointer_get_dx(pointer), library.event_pointer_get_dy(pointer),
         library.event_pointer_get_dx_unaccelerated(pointer),
         library.event_pointer_get_dy_unaccelerated(pointer)});
  }

  void absolute(libinput_event_pointer* pointer, uint64_t timeUs) const {
    row(Row::motion, timeUs,
        {library.event_pointer_get_absolute_x_transformed(pointer, 1),
         library.event_pointer_get_absolute_y_transformed(pointer, 1)});
  }

  void axis(libinput_event_pointer* pointer, uint64_t timeUs, int type) const {
    std::array<double, 4> steps = {kNone, kNone, kNone, kNone};
    for (const Axis axis : {kHorizontal, kVertical}) {
      const size_t at = axis == kHorizontal ? 0 : 2;
      if (library.event_pointer_has_axis(pointer, axis) == 0) continue;
      steps[at] = library.event_pointer_get_scroll_value(pointer, axis);
      // libinput calls it a bug of ours to ask this of a finger.
      steps[at + 1] =
          type == kScrollWheel ? library.event_pointer_get_scroll_value_v120(pointer, axis) : 0;
    }
    const double source = type - kScrollWheel;
    row(Row::axis, timeUs, {source, steps[0], steps[1], steps[2], steps[3]});
  }

  void pointer(int type) const {
    libinput_event_pointer* const pointer = library.event_get_pointer_event(event);
    const uint64_t timeUs = library.event_pointer_get_time_usec(pointer);
    if (type == kMotion) return relative(pointer, timeUs);
    if (type == kMotionAbsolute) return absolute(pointer, timeUs);
    if (type == kButton) return button(pointer, timeUs);
    axis(pointer, timeUs, type);
  }

  void touch(int type) const {
    libinput_event_touch* const touch = library.event_get_touch_event(event);
    const uint64_t timeUs = library.event_touch_get_time_usec(touch);
    if (type == kTouchFrame) return row(Row::touchFrame, timeUs);
    const double slot = library.event_touch_get_seat_slot(touch);
    if (type == kTouchUp) return row(Row::touchUp, timeUs, {slot});
    if (type == kTouchCancel) return row(Row::touchCancel, timeUs, {slot});
    row(type == kTouchDown ? Row::touchDown : Row::touchMotion, timeUs,
        {slot, library.event_touch_get_x_transformed(touch, 1),
         library.event_touch_get_y_transformed(touch, 1)});
  }
};

}  // namespace

double numberOf(const Library& library, libinput_device* device) {
  return static_cast<double>(reinterpret_cast<uintptr_t>(library.device_get_user_data(device)));
}

void appendRow(const Library& library, libinput_event* event, std::vector<double>& rows) {
  const Writer writer{library, event, rows};
  const int type = library.event_get_type(event);
  switch (type) {
    case kDeviceRemoved:
      return writer.row(Row::removed, 0);
    case kKey:
      return writer.key();
    case kMotion:
    case kMotionAbsolute:
    case kButton:
    case kScrollWheel:
    case kScrollFinger:
    case kScrollContinuous:
      return writer.pointer(type);
    case kTouchDown:
    case kTouchUp:
    case kTouchMotion:
    case kTouchCancel:
    case kTouchFrame:
      return writer.touch(type);
    default:
      return;
  }
}

}  // namespace guesthead::input
