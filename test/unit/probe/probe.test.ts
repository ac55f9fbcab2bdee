import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { checkOf, checksOf, statuses, validReport } from '../../support/probe-schema.js';
import { closed, FakeBench, FakeNodes, filesOf, gpu, openToAll, probeOf, refusing, virtio } from './machines.js';

describe('a probe', () => {
  it('of a machine with nothing says so in every group, and that no path works', async () => {
    const report = validReport(await probeOf({ devices: [] }));
    for (const { id, checks } of report.groups) if (id !== 'libraries') assert.ok(checks.length > 0, `${id} is empty`);
    const { 'nodes.device': nodes, 'trials.devices': trials } = statuses(report);
    assert.deepEqual([nodes, trials], ['no', 'no']);
    assert.deepEqual([report.verdict.status, report.verdict.path], ['no', null]);
    assert.deepEqual(
      report.verdict.refused.map(({ path, code }) => [path, code]),
      ['import', 'udmabuf', 'export', 'copy'].map((path) => [path, 'ERR_NO_DEVICE']),
    );
    assert.match(report.verdict.text, /^no path works: ERR_NO_DEVICE: .*looked for a virtio-gpu.*guesthead lab run/);
  });

  it('of one device, a display without a GPU, misses the GPU', async () => {
    const report = validReport(await probeOf({ devices: [virtio] }));
    assert.equal(report.verdict.status, 'no');
    assert.match(checkOf(report, 'trials.devices').found, /a GPU beside the display/);
    assert.equal(checkOf(report, 'nodes.device').status, 'ok');
  });

  it('of a good machine names the nodes that auto takes, and closes what it opened', async () => {
    const nodes = new FakeNodes();
    const bench = new FakeBench();
    const report = validReport(await probeOf({ nodes, bench }));
    assert.deepEqual(report.verdict, {
      status: 'ok',
      path: 'import',
      render: '/dev/dri/renderD129',
      display: '/dev/dri/card0',
      refused: [],
      text: '`auto` takes import, the best: no byte of a frame is copied',
    });
    assert.deepEqual([nodes.open, bench.closed], [0, 1]);
    assert.deepEqual(bench.tried, ['import', 'udmabuf', 'export', 'copy']);
  });

  it('is described by its schema, and nothing else is', async () => {
    const report = validReport(await probeOf({}));
    assert.throws(() => validReport({ ...report, more: 1 }), /additionalProperties/);
    assert.throws(() => validReport({ ...report, verdict: { ...report.verdict, status: 'yes' } }), /enum/);
    const [first, ...others] = report.groups;
    const broken = { id: first?.id, checks: first?.checks.map((check) => ({ ...check, why: undefined })) };
    assert.throws(() => validReport({ ...report, groups: [broken, ...others] }), /required/);
  });

  it('of ten devices reads all of them, and tries those that were asked for', async () => {
    const devices = [virtio, ...Array.from({ length: 9 }, (_, index) => gpu('amdgpu', index + 1))];
    const report = validReport(await probeOf({ devices }, { render: '00:0c.0', display: 'virtio-gpu' }));
    assert.equal(report.devices.length, 10);
    assert.equal(checksOf(report).filter(({ id }) => id === 'nodes.device').length, 10);
    assert.deepEqual([report.devices[8]?.pci, report.verdict.render], ['0000:00:0c.0', '/dev/dri/renderD136']);
  });

  it('with a wrong --display says what there is', async () => {
    const report = validReport(await probeOf({}, { display: 'nvidia' }));
    assert.equal(report.verdict.status, 'no');
    assert.match(checkOf(report, 'trials.devices').advice ?? '', /virtio_gpu.*xe/);
  });

  it('by a user who may open nothing is unknown where it cannot look, and no where it cannot go', async () => {
    const modes = { '/dev/dri/card0': closed, '/dev/dri/renderD128': openToAll };
    const files = filesOf({ '/etc/group': 'video:x:44:\n' }, modes);
    const bench = new FakeBench({
      allocate: () => refusing('ERR_PERMISSION')('/dev/dri/card1') as never,
      tryPath: () => Promise.resolve().then(() => refusing('ERR_PERMISSION')('/dev/dri/card1') as never),
    });
    const report = validReport(await probeOf({ files, bench, open: refusing('ERR_PERMISSION'), root: false }));
    assert.equal(report.verdict.status, 'no');
    const found = statuses(report);
    assert.deepEqual(found['nodes.device'], ['unknown', 'unknown']);
    assert.deepEqual(found['permissions.node'], ['no', 'ok', 'unknown', 'unknown']);
    assert.equal(found['permissions.master'], 'unknown');
    assert.match(checkOf(report, 'permissions.node').advice ?? '', /usermod -aG video/);
    assert.equal(checkOf(report, 'nodes.device').code, 'ERR_PERMISSION');
  });

  it('opens no primary node but the display’s: a compositor may be starting on it', async () => {
    const opened: string[] = [];
    const nodes = new FakeNodes();
    const open = (path: string) => (opened.push(path), nodes.openNode(path));
    const devices = [virtio, gpu('xe'), { ...gpu('nvidia-drm', 2), render: undefined }];
    await probeOf({ devices, open });
    assert.deepEqual(opened, ['/dev/dri/card0', '/dev/dri/renderD129', '/dev/dri/card2']);
    opened.length = 0;
    await probeOf({ devices, open }, { display: 'xe' });
    assert.deepEqual(opened, ['/dev/dri/card0', '/dev/dri/card1', '/dev/dri/card2']);
  });

  it('reads what a render node tells where the primary one is closed', async () => {
    const nodes = new FakeNodes();
    const open = (path: string) => (path.includes('card') ? refusing('ERR_PERMISSION')(path) : nodes.openNode(path));
    const report = validReport(await probeOf({ open }));
    assert.deepEqual(statuses(report)['nodes.device'], ['unknown', 'ok']);
    assert.equal(checkOf(report, 'virtio-gpu.blob').status, 'ok');
    assert.equal(checkOf(report, 'heads.connector').code, 'ERR_PERMISSION');
    assert.equal(nodes.open, 0);
  });

  it('closes a node that fails at every question', async () => {
    const fail = (): never => {
      throw new GuestheadError('ERR_DEVICE_LOST', 'The device is gone');
    };
    const nodes = new FakeNodes({ capabilities: fail, virtioParameters: fail, heads: fail, isMaster: fail });
    const report = validReport(await probeOf({ nodes }));
    assert.equal(nodes.open, 0);
    assert.deepEqual(statuses(report)['nodes.device'], ['unknown', 'unknown']);
    assert.equal(report.devices[0]?.capabilities, null);
  });

  it('goes on where a part of it breaks', async () => {
    const breaks = (): never => {
      throw new Error('out of luck');
    };
    const report = validReport(
      await probeOf({ sources: { libraries: breaks, trials: () => Promise.reject(new Error('worse')) } }),
    );
    assert.deepEqual(checkOf(report, 'libraries.reading'), {
      id: 'libraries.reading',
      status: 'unknown',
      found: 'out of luck',
      why: 'this part could not be read',
      advice: null,
    });
    assert.equal(checkOf(report, 'trials.devices').found, 'worse');
  });

  it('flips only where it is asked to, and then believes the flip', async () => {
    const question = { id: 'trials.flip', found: 'seen', why: 'proof', advice: null };
    const flip = { check: { ...question, status: 'ok' as const }, path: 'export' as const };
    const report = validReport(
      await probeOf({ sources: { flip: () => Promise.resolve(flip) } }, { flip: true, gl: 'skip' }),
    );
    assert.deepEqual([report.verdict.status, report.verdict.path], ['ok', 'export']);
    assert.equal(checkOf(report, 'trials.flip').found, 'seen');
  });
});
