/**
 * The kiosk: a Wayland compositor, whose clients' windows each fill a head.
 * @module guesthead/kiosk
 */
export { openKiosk } from './open-kiosk.js';
export type { OpenKioskOptions } from './open-options.js';
export type { Kiosk } from './kiosk.js';
export type { KioskHead } from './kiosk-head.js';
export type { SeatInfo } from './kiosk-seat.js';
export type { SeatChoice } from '../session/choices.js';
export type { ScreenCounts } from './screen-counts.js';
export type { ClientCounts } from './client-counts.js';
export type { PictureOutcome, PictureShown } from './telemetry.js';
export type { OutputChange, WindowChange } from './kiosk-events.js';
export type { ClientSocket } from './client-sockets.js';
export type { ClientEnvironment } from './client-environment.js';
export { fillWithNewest } from './layout.js';
export type { HeadRoom, KioskWindow, Layout, Place } from './layout.js';
export { leftToRight } from './outputs.js';
export type { Arrangement } from './outputs.js';
export type { Backdrop } from './backdrop.js';
export type { Pixels } from '../render/index.js';
export type { Idle, IdleOptions } from './idle.js';
export type { InputChoice, Rotation } from './declared.js';
export type { CursorMode } from './seat/index.js';
export type { Point } from './geometry.js';
export type { Size } from './surface-state.js';
export type {
  AxisEvent,
  AxisStep,
  ButtonEvent,
  DeviceEvent,
  GivenPlace,
  InputDevice,
  InputEvent,
  KeyEvent,
  KeymapChoice,
  KeymapNames,
  MotionEvent,
  PointerMotion,
  RelativeEvent,
  TouchEndEvent,
  TouchEvent,
  TouchFrameEvent,
  TouchPointEvent,
} from '../input/index.js';
export type { Client, ClientEnd, Fault } from '../wayland/index.js';
