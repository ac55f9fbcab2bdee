/**
 * A machine without devices, for a program's own tests.
 * @module guesthead/testing
 */
export { FakeDevice, FakeNative } from './fake-native.js';
export { FakeKernel } from './fake-kernel.js';
export type { FakeHeld, FakeKernelOptions } from './fake-kernel.js';
export type { FakeLayout } from './fake-allocator.js';
export type { FakeConnectorOptions } from './fake-objects.js';
export type { FakeMode } from './fake-mode.js';
export { FakeScanout } from './fake-scanout.js';
export type { FakeCommit, FakeFlip, FakeFramePath, PathCommit } from './fake-scanout.js';
export type { FakeCall, FaultOptions } from './faults.js';
export { nativeError } from './native-error.js';
export type { FakeScreenView, ShownPicture } from './screen-view.js';
