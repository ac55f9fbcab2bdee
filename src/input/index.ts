/** INPUT: what the devices of a seat tell. */
export { Input, openInput, type InputOptions, type OpenedDevice } from './input.js';
export type {
  AxisEvent,
  AxisStep,
  ButtonEvent,
  DeviceEvent,
  InputDevice,
  InputEvent,
  Keyboard,
  KeyEvent,
  KeymapFile,
  Modifiers,
  MotionEvent,
  PointerMotion,
  RelativeEvent,
  TouchEndEvent,
  TouchEvent,
  TouchFrameEvent,
  TouchPointEvent,
} from './events.js';
export { openKeyboard, SeatKeyboard, type KeymapChoice, type KeymapNames } from './keyboard.js';
export { mapDevices, parseGivenPlace, type GivenPlace } from './mapping.js';
