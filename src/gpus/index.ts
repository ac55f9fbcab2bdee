export type { Devices } from './devices.js';
export { Display, sharedBy } from './display.js';
export type { ConnectorInfo } from './display.js';
export { sharedFormats } from './formats.js';
export { refuseDisplayOptions } from './options.js';
export type { DisplayOptions } from './options.js';
export { SharedDevices } from './shared-devices.js';
export type { DeviceRole, DisplayChange } from './shared-devices.js';
