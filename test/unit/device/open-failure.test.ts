import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { openFailure, type NodeGroup } from '../../../src/device/open-failure.js';

const { EACCES, EBUSY, ENOENT, EPERM } = constants.errno;
const failed = (errno: number) => Object.assign(new Error('open'), { errno: -errno });
const adviceOn = (errno: number, group?: NodeGroup) =>
  openFailure('/dev/dri/renderD128', failed(errno), () => group).advice ?? '';

describe('an open that failed', () => {
  it('with EPERM is forbidden by the control group of a container, for which no group helps', () => {
    assert.match(adviceOn(EPERM), /control group.*--device/);
    assert.doesNotMatch(adviceOn(EPERM), /usermod|as root/);
  });

  it('with EACCES wants the group that the node has, whatever it is called', () => {
    assert.match(adviceOn(EACCES, { gid: 105, name: 'render' }), /usermod -aG render USER/);
    assert.match(adviceOn(EACCES, { gid: 993, name: 'gpu-users' }), /usermod -aG gpu-users/);
    assert.match(adviceOn(EACCES, { gid: 108, name: undefined }), /--group-add 108/);
    assert.match(adviceOn(EACCES), /video,render/);
    assert.match(adviceOn(EACCES, { gid: 0, name: 'root' }), /video,render/, 'nobody joins the group root');
  });

  it('is ERR_PERMISSION, ERR_NO_DEVICE or ERR_SYSTEM, with errno and device', () => {
    for (const [errno, code] of [
      [EPERM, 'ERR_PERMISSION'],
      [EACCES, 'ERR_PERMISSION'],
      [ENOENT, 'ERR_NO_DEVICE'],
      [EBUSY, 'ERR_SYSTEM'],
    ] as const) {
      const error = openFailure('/dev/dri/card0', failed(errno), () => undefined);
      assert.deepEqual([error.code, error.errno, error.device], [code, errno, '/dev/dri/card0']);
    }
  });
});
