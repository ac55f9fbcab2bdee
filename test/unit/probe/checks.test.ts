import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import type { Check } from '../../../src/probe/report.js';
import { readDevice } from '../../../src/probe/device-reading.js';
import { checkHeads } from '../../../src/probe/heads.js';
import { checkLibraries } from '../../../src/probe/libraries.js';
import { describeCapabilities } from '../../../src/probe/nodes.js';
import { checkPermissions } from '../../../src/probe/permissions.js';
import { checkSeat } from '../../../src/probe/seat.js';
import { checkSystem, parseRelease } from '../../../src/probe/system.js';
import { checkUdmabuf } from '../../../src/probe/udmabuf.js';
import { checkVirtio, parseFeatures } from '../../../src/probe/virtio.js';
import { rootsWith } from '../../support/made-up-seat.js';
import {
  able,
  closed,
  FakeNodes,
  filesOf,
  gpu,
  head,
  intel,
  openToAll,
  parameters,
  refusing,
  virtio,
} from './machines.js';

function find(checks: readonly Check[], id: string): Check {
  return checks.find((check) => check.id === id) ?? assert.fail(`no ${id}`);
}

describe('the kernel', () => {
  const check = (release: string) => checkSystem({ files: filesOf({}), release });

  for (const [release, kernel, fixes, advice] of [
    ['5.15.0-91-generic', 'no', 'unknown', /6\.16/],
    ['6.1.0-18-amd64', 'no', 'unknown', /6\.16/],
    ['6.13.9', 'no', 'unknown', /6\.16/],
    ['6.14.0', 'ok', 'unknown', /6\.16/],
    ['6.16.1', 'ok', 'unknown', /^$/],
    ['7.2.8', 'ok', 'unknown', /^$/],
    ['7.2.13+deb13-amd64', 'ok', 'ok', /^$/],
    ['7.3-rc5', 'ok', 'ok', /^$/],
    ['weird', 'unknown', 'unknown', /^$/],
  ] as const)
    it(`${release} is ${kernel} for imports`, () => {
      const checks = check(release);
      assert.equal(find(checks, 'system.kernel').status, kernel);
      assert.match(find(checks, 'system.kernel').advice ?? '', advice);
      assert.equal(find(checks, 'system.fixes').status, fixes);
    });

  it('is told by its first numbers', () => {
    assert.deepEqual(parseRelease('6.14'), [6, 14, 0]);
    assert.deepEqual(parseRelease('7.2.13+deb13-amd64'), [7, 2, 13]);
  });

  it('of before 6.0 has no fences of dma-bufs either', () => {
    assert.match(find(check('5.10.0'), 'system.kernel').found, /no fences/);
  });
});

describe('the machine', () => {
  const machine = (texts: Record<string, string>) => checkSystem({ files: filesOf(texts), release: '7.2.13' });

  it('is a guest, a host, or does not say', () => {
    const status = (cpuinfo: string) => find(machine({ '/proc/cpuinfo': cpuinfo }), 'system.machine').status;
    assert.equal(status(intel), 'ok');
    assert.equal(status('flags\t\t: fpu vme\n'), 'no');
    assert.equal(status('processor\t: 0\nFeatures\t: fp asimd\n'), 'unknown');
  });

  it('lacks a driver where a display controller has no DRM below it', () => {
    const device = (address: string, id: string, more: Record<string, string> = {}) => {
      const folder = `/sys/bus/pci/devices/${address}`;
      const texts = { class: '0x030000\n', vendor: `${id.split(':')[0]}\n`, device: `${id.split(':')[1]}\n`, ...more };
      return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${folder}/${name}`, text]));
    };
    const bound = device('0000:00:02.0', '0x1af4:0x1050', { 'virtio0/drm/card0/dev': '' });
    const gpuBound = device('0000:00:03.0', '0x8086:0x56a0', { 'drm/card1/dev': '' });
    const good = machine({ ...bound, ...gpuBound, '/sys/module/xe/refcnt': '1' });
    assert.deepEqual([find(good, 'system.modules').status, find(good, 'system.modules').found], ['ok', 'xe']);
    const orphan = find(machine({ ...bound, ...device('0000:00:05.0', '0x8086:0x56a0') }), 'system.modules');
    assert.equal(orphan.status, 'no');
    assert.match(orphan.found, /0000:00:05\.0 \(8086:56a0\)/);
    const unloaded = find(machine(device('0000:00:02.0', '0x1af4:0x1050')), 'system.modules');
    assert.match(unloaded.advice ?? '', /modprobe virtio-gpu/);
  });
});

describe('virtio-gpu', () => {
  const place = '/sys/devices/pci0000:00/0000:00:02.0';
  const links = { '/sys/class/drm/card0/device': place };
  const bits = (...set: number[]) => Array.from({ length: 64 }, (_, bit) => (set.includes(bit) ? '1' : '0')).join('');
  const check = (
    texts: Record<string, string>,
    answers: ConstructorParameters<typeof FakeNodes>[0] = {},
    open = new FakeNodes(answers).openNode,
  ) => {
    const files = filesOf(texts, {}, links);
    return checkVirtio([readDevice(virtio, true, { files, open })], files);
  };

  it('is good with blobs and without 3D', () => {
    const checks = check({ [`${place}/virtio0/features`]: `${bits(1, 3)}\n` });
    for (const id of ['blob', '3d', 'parameters', 'addresses'])
      assert.equal(find(checks, `virtio-gpu.${id}`).status, 'ok', id);
    assert.equal(find(checks, 'virtio-gpu.debugfs').status, 'unknown');
  });

  it('without blobs says what to give QEMU; with 3D leaves it to the trial', () => {
    const checks = check(
      {},
      { virtioParameters: () => ({ ...parameters, blob: false, features3d: true, blobAlignmentBytes: 4096 }) },
    );
    assert.equal(find(checks, 'virtio-gpu.blob').status, 'no');
    assert.match(find(checks, 'virtio-gpu.blob').advice ?? '', /blob=true/);
    assert.equal(find(checks, 'virtio-gpu.3d').status, 'unknown');
    assert.match(find(checks, 'virtio-gpu.parameters').found, /blob alignment 4096 bytes/);
  });

  it('is told by sysfs where its nodes are closed', () => {
    const texts = { [`${place}/virtio0/features`]: `${bits(0, 1)}\n` };
    const checks = check(texts, {}, refusing('ERR_PERMISSION'));
    assert.deepEqual([find(checks, 'virtio-gpu.blob').status, find(checks, 'virtio-gpu.3d').status], ['no', 'unknown']);
    assert.equal(find(checks, 'virtio-gpu.parameters').code, 'ERR_PERMISSION');
  });

  it('on an old kernel that does not know the parameter is unknown, or what sysfs says', () => {
    const old = { virtioParameters: () => ({ ...parameters, blob: null }) };
    assert.equal(find(check({}, old), 'virtio-gpu.blob').status, 'unknown');
    assert.equal(find(check({ [`${place}/virtio0/features`]: bits(3) }, old), 'virtio-gpu.blob').status, 'ok');
  });

  it('behind an IOMMU that it does not use may show nothing', () => {
    const iommu = { [`${place}/iommu_group/type`]: 'DMA-FQ\n' };
    const status = (features: string, more = iommu) =>
      find(check({ [`${place}/virtio0/features`]: features, ...more }), 'virtio-gpu.addresses').status;
    assert.equal(status(bits(3)), 'unknown');
    assert.equal(status(bits(3, 33)), 'ok');
    assert.equal(status(bits(3), { [`${place}/iommu_group/type`]: 'identity\n' }), 'ok');
  });

  it('has its features in debugfs, for who may read it', () => {
    const text = 'virgl            : no\nblob resources   : yes\nhost visible region : 0x1000 +0x2000\n';
    assert.deepEqual(parseFeatures(text), ['virgl no', 'blob resources yes', 'host visible region 0x1000 +0x2000']);
    const checks = check({ '/sys/kernel/debug/dri/0/virtio-gpu-features': text });
    assert.equal(find(checks, 'virtio-gpu.debugfs').status, 'ok');
  });

  it('that is missing is said to be', () => {
    assert.deepEqual(
      checkVirtio([], filesOf({})).map(({ id, status }) => [id, status]),
      [['virtio-gpu.device', 'no']],
    );
  });
});

describe('heads, nodes and masters', () => {
  const read = (answers: ConstructorParameters<typeof FakeNodes>[0]) =>
    readDevice(virtio, true, { files: filesOf({}), open: new FakeNodes(answers).openNode });

  it('lists what is connected, and the rest in one check that is no fault', () => {
    const heads = [head('Virtual-1'), head('Virtual-2', 'disconnected'), head('Virtual-3', 'disconnected')];
    const checks = checkHeads([read({ heads: () => heads })]);
    assert.deepEqual(
      checks.map(({ id, status, found }) => [id, status, found]),
      [
        ['heads.connector', 'ok', 'Virtual-1: 1920x1080@75, 1 modes, Red Hat QEMU Monitor'],
        ['heads.disconnected', 'ok', 'Virtual-2 disconnected, Virtual-3 disconnected'],
      ],
    );
  });

  it('asks for a head to be shown where none is connected', () => {
    const [check] = checkHeads([read({ heads: () => [head('Virtual-1', 'disconnected')] })]);
    assert.equal(check?.status, 'no');
    assert.match(check.advice ?? '', /max_outputs/);
  });

  it('does not look for heads on a GPU without KMS', () => {
    const open = new FakeNodes({ capabilities: () => ({ ...able, kms: false }), heads: () => assert.fail() }).openNode;
    assert.deepEqual(checkHeads([readDevice(gpu('xe'), false, { files: filesOf({}), open })])[0]?.status, 'no');
  });

  it('names the master, where it can be told', () => {
    const display = read({ isMaster: () => false });
    const check = (holder: () => { pid: number; command: string } | undefined) =>
      find(checkPermissions([display], [display], { files: filesOf({}), holder }), 'permissions.master');
    assert.equal(check(() => ({ pid: 812, command: 'weston' })).found, 'DRM master is weston (pid 812)');
    assert.match(check(() => undefined).found, /another process/);
    assert.match(check(() => ({ pid: 301, command: 'systemd-logind' })).advice ?? '', /loginctl.*run --wait/);
  });

  it('puts capabilities in words', () => {
    assert.equal(
      describeCapabilities({ ...able, asyncFlip: true, modifiers: true }, true),
      'KMS, atomic, render, dumb buffers, PRIME import and export, modifiers, syncobj (timeline), async flips, cursor 64x64',
    );
    const none = { ...able, kms: false, atomic: false, dumb: false, primeImport: false, syncobj: false, cursor: null };
    assert.equal(describeCapabilities(none, false), 'PRIME export');
    assert.equal(describeCapabilities({ ...none, primeExport: false }, false), 'nothing of use');
  });
});

describe('the libraries', () => {
  const library = { name: 'libdrm', soname: 'libdrm.so.2', debian: 'libdrm2', why: 'all' };
  const status = 'Package: libdrm2\nStatus: install ok installed\nVersion: 2.4.124-2\n\nPackage: libgbm1\n';
  const maps =
    '7f00-7f10 r--p 0 00:1b 5 /usr/lib/libdrm_amdgpu.so.1\n7f10-7f20 r--p 0 00:1b 6 /usr/lib/libdrm.so.2.124.0\n';

  it('are told by the file that was mapped, their own version and their package', () => {
    const files = filesOf({ '/proc/self/maps': maps, '/var/lib/dpkg/status': status });
    const libraries = [{ ...library, load: () => undefined, version: () => '9.9' }];
    const [check] = checkLibraries({ files, libraries, loadAddon: () => undefined });
    assert.deepEqual([check?.status, check?.found], ['ok', 'libdrm.so.2.124.0, libdrm 9.9, libdrm2 2.4.124-2']);
  });

  it('are named by soname alone on a system without dpkg', () => {
    const libraries = [{ ...library, load: () => undefined }];
    const [check] = checkLibraries({ files: filesOf({}), libraries, loadAddon: () => undefined });
    assert.equal(check?.found, 'libdrm.so.2');
  });

  it('that are missing name their package; so does the addon its set-up', () => {
    const missing = (code: 'ERR_LIBRARY_MISSING' | 'ERR_ADDON_MISSING') => (): never => {
      throw new GuestheadError(code, 'Cannot load', { advice: 'Install libdrm2' });
    };
    const libraries = [{ ...library, load: missing('ERR_LIBRARY_MISSING') }];
    const checks = checkLibraries({ files: filesOf({}), libraries, loadAddon: missing('ERR_ADDON_MISSING') });
    assert.deepEqual(
      checks.map(({ id, status: found, code, advice }) => [id, found, code, advice]),
      [
        ['libraries.libdrm', 'no', 'ERR_LIBRARY_MISSING', 'Install libdrm2'],
        ['libraries.addon', 'no', 'ERR_ADDON_MISSING', 'Install libdrm2'],
      ],
    );
  });
});

describe('the seat', () => {
  const socket = '/run/seatd.sock';
  const groups = { '/etc/group': 'seat:x:44:\n' };

  it('is nobody’s to give, which is well, or seatd’s, or logind’s', () => {
    const statusAt = (files: string[], environment = {}) => {
      const { status, found } = checkSeat(filesOf({}), rootsWith(files, environment));
      return [status, found];
    };
    assert.deepEqual(statusAt([]), [
      'ok',
      'no seat daemon, and no session of logind’s: the kiosk opens its devices itself',
    ]);
    assert.deepEqual(statusAt([socket]), ['ok', `seatd at ${socket}`]);
    assert.deepEqual(statusAt(['/run/systemd/seats'], { XDG_SESSION_ID: '2' }), ['ok', 'logind']);
  });

  it('is closed to who is not in its group, which is named', () => {
    const { status, found, advice } = checkSeat(filesOf(groups, { [socket]: closed }), rootsWith([socket]));
    assert.equal(status, 'no');
    assert.match(found, /^seatd at .*: closed to this user$/);
    assert.match(advice ?? '', /--seat direct/);
    assert.equal(checkSeat(filesOf({}, { [socket]: openToAll }), rootsWith([socket])).status, 'ok');
  });
});

describe('udmabuf', () => {
  const limits = (size: string) => ({
    '/sys/module/udmabuf/parameters/list_limit': '1024\n',
    '/sys/module/udmabuf/parameters/size_limit_mb': `${size}\n`,
  });
  const check = (size: string, access = openToAll) =>
    checkUdmabuf([head('Virtual-1')], filesOf(limits(size), { '/dev/udmabuf': access }));

  it('is there, open, and large enough, or not', () => {
    assert.deepEqual(
      check('64').map(({ status }) => status),
      ['ok', 'ok'],
    );
    const small = find(check('4'), 'udmabuf.limits');
    assert.equal(small.status, 'no');
    assert.match(small.advice ?? '', /echo 8 > .*size_limit_mb/);
    assert.equal(find(check('64', closed), 'udmabuf.node').status, 'no');
    assert.deepEqual(
      checkUdmabuf([], filesOf({})).map(({ status }) => status),
      ['no', 'unknown'],
    );
  });
});
