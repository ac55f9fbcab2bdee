import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redact } from '../../../src/probe/redact.js';
import { checkOf, validReport } from '../../support/probe-schema.js';
import { FakeBench, FakeNodes, filesOf, gpu, head, openToAll, probeOf, virtio } from './machines.js';
import { GuestheadError } from '../../../src/errors.js';

const files = filesOf(
  {
    '/sys/class/drm/card0/device/serial_number': '00-11-22-33\n',
    '/sys/class/drm/card1/device/unique_id': 'deadbeef\n',
    '/etc/group': 'alice:x:44:\n',
  },
  { '/dev/dri/card0': openToAll },
);

function notMaster(): never {
  throw new GuestheadError('ERR_NOT_MASTER', 'Another process holds the display (DRM master): weston (pid 812)', {
    device: '/dev/dri/card0',
    advice: 'look into /home/alice/.config on kiosk-7',
  });
}

/** A report with all that could tell who it is of. */
function telling() {
  const bench = new FakeBench({ testCommit: notMaster, tryPath: () => Promise.resolve().then(notMaster) });
  const nodes = new FakeNodes({
    isMaster: () => false,
    heads: () => [head('Virtual-1'), { ...head('Virtual-2'), serial: 'cd34' }],
  });
  return probeOf({ devices: [virtio, gpu('amdgpu'), gpu('virtio_gpu', 2)], files, nodes, bench, root: false });
}

describe('a redacted report', () => {
  it('is still one, and has no secret left that the other has', async () => {
    const report = await telling();
    const clean = validReport(redact(report, '/home/alice'));
    const secrets = ['alice', 'kiosk-7', '00-11-22-33', 'deadbeef', 'ab12', 'cd34', 'weston'];
    for (const secret of secrets) {
      assert.ok(JSON.stringify(report).includes(secret), `the test must have ${secret}`);
      assert.ok(!JSON.stringify(clean).includes(secret), secret);
    }
    assert.equal(clean.redacted, true);
  });

  it('replaces the same by the same', async () => {
    const clean = redact(await telling(), '/home/alice');
    const serials = clean.devices.flatMap(({ serial, heads }) => [serial, ...heads.map((one) => one.serial)]);
    assert.deepEqual(serials, ['serial-1', 'serial-2', 'serial-3', 'serial-4', null, 'serial-2', 'serial-3']);
    assert.match(clean.verdict.text, /\(DRM master\): process-1 \(pid 812\)/);
    assert.equal(checkOf(clean, 'trials.commit').advice, 'look into /home/user-1/.config on host-1');
    assert.equal(checkOf(clean, 'permissions.node').found, 'root:user-1 0666');
  });

  it('leaves every other word alone', async () => {
    const report = await probeOf({ root: false, sources: { holder: () => ({ pid: 3, command: 'node' }) } });
    const clean = redact({ ...report, machine: { ...report.machine, user: 'a', host: 'xe-1' } }, '/home/a');
    assert.deepEqual(clean.groups, report.groups);
    assert.equal(
      redact({ ...report, machine: { ...report.machine, root: true, user: 'root' } }, '/root').machine.user,
      'root',
    );
  });
});
