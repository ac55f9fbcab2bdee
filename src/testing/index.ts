export { FakeDevice, FakeNative, nativeError } from './fake-native.js';
export { FakeScanout } from './fake-scanout.js';
export type { FakeFlip } from './fake-scanout.js';
