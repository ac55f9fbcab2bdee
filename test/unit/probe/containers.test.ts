/** Containers as public reports have them: nodes that are not there, under another number, closed, or forbidden. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { checkOf, checksOf, validReport } from '../../support/probe-schema.js';
import { closed, FakeNodes, filesOf, gpu, openToAll, probeOf, virtio } from './machines.js';

const denied = (gid: number) => ({ ...closed, gid });

describe('a probe of several devices', () => {
  it('says which display and which GPU were taken, why, and what names another', async () => {
    const second = { ...virtio, pci: '0000:00:03.0', primary: '/dev/dri/card9', render: undefined, connected: true };
    const devices = [{ ...virtio, connected: false }, second, gpu('i915', 1), gpu('xe', 2)];
    const report = validReport(await probeOf({ devices }));
    const choices = checksOf(report).filter(({ id }) => id === 'nodes.choice');
    assert.deepEqual(
      choices.map(({ status, found, advice }) => [status, found, advice]),
      [
        [
          'ok',
          '/dev/dri/card9: of 2 displays the only one that has something connected',
          '--display 0000:00:02.0 takes the other',
        ],
        ['ok', '/dev/dri/renderD129: of 2 GPUs the first', '--render 0000:00:06.0 takes the other'],
      ],
    );
  });

  it('says nothing of a choice where there is none', async () => {
    assert.ok(!checksOf(await probeOf({})).some(({ id }) => id === 'nodes.choice'));
  });
});

describe('a probe in a container', () => {
  it('that lacks a node of the kernel’s says so, and how to give it one', async () => {
    const lacking = { ...gpu('xe', 1), elsewhere: { '/dev/dri/card1': null, '/dev/dri/renderD129': null } };
    const opened: string[] = [];
    const nodes = new FakeNodes();
    const open = (path: string) => {
      opened.push(path);
      return nodes.openNode(path);
    };
    const report = validReport(await probeOf({ devices: [virtio, lacking], open }));
    assert.deepEqual(opened, ['/dev/dri/card0'], 'nothing else is opened in its place');
    const checks = checksOf(report).filter(({ id, device }) => id === 'permissions.node' && device?.endsWith('129'));
    assert.deepEqual([checks[0]?.status, /--device \S+renderD129/.test(checks[0]?.advice ?? '')], ['no', true]);
    assert.match(checkOf(report, 'trials.devices').found, /renderD129 of xe, but \/dev lacks it/);
  });

  it('opens and judges a node by the name that /dev has for it', async () => {
    const renamed = {
      ...gpu('xe', 1),
      primary: undefined,
      elsewhere: { '/dev/dri/renderD129': '/dev/dri/renderD128' },
    };
    const files = filesOf({}, { '/dev/dri/renderD128': openToAll });
    const report = validReport(await probeOf({ devices: [{ ...virtio, render: undefined }, renamed], files }));
    assert.equal(report.verdict.render, '/dev/dri/renderD128');
    const node = checksOf(report).find(({ id, status }) => id === 'permissions.node' && status === 'ok');
    assert.equal(node?.device, '/dev/dri/renderD128');
  });

  it('names a group by its number where it has no name here, and how a container joins it', async () => {
    const files = filesOf({ '/etc/group': 'video:x:44:\n' }, { '/dev/dri/renderD129': denied(108) });
    const report = await probeOf({ files });
    const node = checksOf(report).find(({ id, status }) => id === 'permissions.node' && status === 'no');
    assert.match(node?.advice ?? '', /--group-add 108/);
    assert.doesNotMatch(node?.advice ?? '', /usermod/);
    const known = await probeOf({
      files: filesOf({ '/etc/group': 'render:x:108:\n' }, { '/dev/dri/card0': denied(108) }),
    });
    const named = checksOf(known).find(({ id, status }) => id === 'permissions.node' && status === 'no');
    assert.match(named?.advice ?? '', /usermod -aG render/);
  });

  it('tells a node that its control group forbids, also to root, from one whose mode is in the way', async () => {
    const open = (path: string) => {
      throw new GuestheadError('ERR_PERMISSION', 'no', { device: path, errno: constants.errno.EPERM });
    };
    const files = filesOf({}, { '/dev/dri/card0': openToAll });
    const report = await probeOf({ devices: [{ ...virtio, render: undefined }], files, open });
    const node = checkOf(report, 'permissions.node');
    assert.equal(node.status, 'no');
    assert.match(node.advice ?? '', /control group.*--device.*not as a volume/);
  });
});
