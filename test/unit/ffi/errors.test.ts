import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { after, describe, it } from 'node:test';
import {
  addFramebuffer,
  capability,
  closeFramebuffer,
  deviceNameOf,
  format,
  GbmDevice,
  getCapability,
  getResources,
  getVersion,
  loadLibdrm,
  loadLibgbm,
  moveCursor,
  primeFdToHandle,
  renderNodeOf,
  setCursor,
  setMaster,
  type CrtcId,
  type DmabufFd,
  type FramebufferId,
} from '../../../src/ffi/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { systemError } from '../../../src/ffi/failures.js';

const fd = openSync('/dev/null', 'r');
after(() => {
  closeSync(fd);
});
const { ENOTTY, EINVAL, EACCES, EPERM, ENOENT, ENODEV, ENXIO } = constants.errno;
const crtc = 1 as CrtcId;
const notDrm = { code: 'ERR_SYSTEM', errno: ENOTTY, device: '/dev/null' };

describe('a missing library', () => {
  it('is named with the package that holds it', () => {
    const libdrm = { code: 'ERR_LIBRARY_MISSING', message: /libnone\.so\.2/, advice: /libdrm/ };
    assert.throws(() => loadLibdrm('libnone.so.2'), libdrm);
    const libgbm = { code: 'ERR_LIBRARY_MISSING', message: /libnone\.so\.1/, advice: /libgbm|mesa/ };
    assert.throws(() => loadLibgbm('libnone.so.1'), libgbm);
  });
});

describe('a file that is no DRM node', () => {
  it('has no version', () => {
    assert.throws(() => getVersion(fd), {
      code: 'ERR_NOT_DRM',
      errno: ENOTTY,
      operation: 'drmGetVersion',
      device: '/dev/null',
    });
  });

  it('fails each call with the kernel’s errno, the call’s name and the file’s', () => {
    assert.throws(() => getResources(fd), { ...notDrm, operation: 'drmModeGetResources' });
    assert.throws(() => getCapability(fd, capability.prime), { ...notDrm, operation: 'drmGetCap' });
    assert.throws(() => primeFdToHandle(fd, fd as DmabufFd), { ...notDrm, operation: 'drmPrimeFDToHandle' });
    assert.throws(() => setMaster(fd), { ...notDrm, operation: 'drmSetMaster' });
    assert.throws(() => setCursor(fd, crtc, undefined), { ...notDrm, operation: 'drmModeSetCursor2' });
    assert.throws(() => moveCursor(fd, crtc, 0, 0), { ...notDrm, operation: 'drmModeMoveCursor' });
  });

  it('has no names', () => {
    assert.deepEqual([deviceNameOf(fd), renderNodeOf(fd)], [undefined, undefined]);
  });

  it('makes closeFramebuffer try what an old kernel has, and report that', () => {
    assert.throws(() => closeFramebuffer(fd, 1 as FramebufferId), { ...notDrm, operation: 'drmModeRmFB' });
  });

  it('has no GBM device when it is a plain file', () => {
    const file = openSync(import.meta.filename, 'r');
    assert.throws(() => GbmDevice.create(file), {
      code: 'ERR_UNSUPPORTED',
      errno: EINVAL,
      operation: 'gbm_create_device',
    });
    closeSync(file);
  });
});

describe('an error', () => {
  const call = { fd, operation: 'drmModeAddFB2', what: 'Cannot' };

  it('is one of permission for EACCES and EPERM only, with advice', () => {
    const codes = [EACCES, EPERM, ENOENT].map((errno) => systemError(call, errno).code);
    assert.deepEqual(codes, ['ERR_PERMISSION', 'ERR_PERMISSION', 'ERR_SYSTEM']);
    assert.match(systemError(call, EACCES).advice ?? '', /primary node/);
  });

  it('is of a lost device for ENODEV and ENXIO, with advice', () => {
    const errors = [ENODEV, ENXIO].map((errno) => systemError(call, errno));
    assert.deepEqual(
      errors.map(({ code, errno }) => [code, errno]),
      [
        ['ERR_DEVICE_LOST', ENODEV],
        ['ERR_DEVICE_LOST', ENXIO],
      ],
    );
    for (const { advice } of errors) assert.match(advice ?? '', /unbound or unplugged/);
  });

  it('is of usage for a framebuffer without planes', () => {
    const shape = { width: 1, height: 1, format: format.XRGB8888 };
    const usage = (error: unknown) => error instanceof GuestheadError && error.code === 'ERR_USAGE';
    assert.throws(() => addFramebuffer(fd, { ...shape, planes: [] }), usage);
  });
});
