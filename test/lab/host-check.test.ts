/** `guesthead host` beside the line: the domain that it is for libvirt, the checks of this host, bad options. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { HostReport } from '../../src/host/index.js';
import { packageRoot } from '../../src/package-root.js';
import { described, host } from '../support/host-command.js';

/** An element as Python's parser, which is no code of ours, reads it: tag, attributes, text, children. */
type Parsed = [string, Record<string, string>, string, Parsed[]];

const dumpXml = `
import json, sys, xml.etree.ElementTree as tree
dump = lambda e: [e.tag, e.attrib, (e.text or '').strip(), [dump(c) for c in e]]
print(json.dumps(dump(tree.fromstring(sys.stdin.read()))))`;

async function domain(...words: string[]): Promise<Parsed> {
  const { status, stdout, stderr } = await host('qemu', '--libvirt', ...words);
  assert.equal(status, 0, stderr);
  return JSON.parse(execFileSync('python3', ['-c', dumpXml], { input: stdout, encoding: 'utf8' })) as Parsed;
}

/** All elements at a path below the root. */
function at([, , , children]: Parsed, ...path: string[]): Parsed[] {
  const [name, ...rest] = path;
  const here = children.filter(([tag]) => tag.replace(/^\{.*\}/, 'qemu:') === name);
  return rest.length === 0 ? here : here.flatMap((child) => at(child, ...rest));
}

const attributesAt = (root: Parsed, ...path: string[]) => at(root, ...path).map(([, attributes]) => attributes);
const textAt = (root: Parsed, ...path: string[]) => at(root, ...path).map(([, , text]) => text);

describe('the libvirt domain', () => {
  it('is the same machine in libvirt’s words', async () => {
    const append = `root=/dev/vda "a<b>" & 'c'`;
    const words = ['--vfio', '0a:02.1', '--heads', '2', '--size', '2560x1440', '--memory', '3G', '--cpus', '6'];
    const files = ['--disk', '/d/x&y.qcow2', '--kernel', '/k/vmlinuz', '--append', append];
    const root = await domain(...words, ...files, '--accel', 'kvm', '--display', 'dbus', '--name', 'box');
    assert.deepEqual([root[0], root[1]], ['domain', { type: 'kvm' }]);
    assert.deepEqual(textAt(root, 'name'), ['box']);
    assert.deepEqual([textAt(root, 'memory'), attributesAt(root, 'memory')], [['3072'], [{ unit: 'MiB' }]]);
    assert.deepEqual(attributesAt(root, 'memoryBacking', 'source'), [{ type: 'memfd' }]);
    assert.deepEqual(attributesAt(root, 'memoryBacking', 'access'), [{ mode: 'shared' }]);
    assert.deepEqual([textAt(root, 'vcpu'), attributesAt(root, 'cpu')], [['6'], [{ mode: 'host-passthrough' }]]);
    assert.deepEqual([textAt(root, 'os', 'kernel'), textAt(root, 'os', 'cmdline')], [['/k/vmlinuz'], [append]]);
    const model = { type: 'virtio', heads: '2', primary: 'yes', blob: 'on' };
    assert.deepEqual(attributesAt(root, 'devices', 'video', 'model'), [model]);
    assert.deepEqual(attributesAt(root, 'devices', 'video', 'model', 'resolution'), [{ x: '2560', y: '1440' }]);
    assert.deepEqual(attributesAt(root, 'devices', 'video', 'model', 'acceleration'), [{ accel3d: 'no' }]);
    const address = { domain: '0x0000', bus: '0x0a', slot: '0x02', function: '0x1' };
    assert.deepEqual(attributesAt(root, 'devices', 'hostdev', 'source', 'address'), [address]);
    assert.deepEqual(attributesAt(root, 'devices', 'disk', 'source'), [{ file: '/d/x&y.qcow2' }]);
    assert.deepEqual(attributesAt(root, 'devices', 'graphics'), [{ type: 'dbus' }]);
    assert.deepEqual(attributesAt(root, 'devices', 'graphics', 'gl'), [{ enable: 'yes' }]);
    assert.deepEqual(at(root, 'qemu:commandline'), []);
  });

  it('passes on what libvirt has no word for, and emulates where it is told to', async () => {
    const root = await domain('--display', 'gtk', '--accel', 'tcg');
    assert.equal(root[1]['type'], 'qemu');
    const passed = attributesAt(root, 'qemu:commandline', 'qemu:arg').map(({ value }) => value);
    assert.deepEqual(passed, ['-display', 'gtk,gl=on']);
    assert.deepEqual(at(root, 'devices', 'graphics'), []);
  });
});

describe('guesthead host check', () => {
  it('says of this host what is so, and exits 3 where something needed is missing', async () => {
    const { status, stdout } = await host('check', '--json', '--display', 'none');
    const { verdict, checks } = JSON.parse(stdout) as HostReport;
    const statusOf = (id: string) => checks.find((check) => check.id === id)?.status;
    assert.equal(status, verdict === 'no' ? 3 : 0);
    assert.deepEqual([statusOf('qemu'), statusOf('qemu-blob'), statusOf('qemu-memfd')], ['ok', 'ok', 'ok']);
    assert.equal(statusOf('udmabuf') === 'ok', existsSync('/dev/udmabuf'));
    assert.equal(statusOf('kvm') === 'ok', (await described()).accelerator === 'kvm');
    for (const { id, status, found, why, advice } of checks) {
      assert.ok(found !== '' && why !== '', id);
      if (status === 'no') assert.ok(advice !== null, `${id} says no and not what to do`);
      if (status === 'ok') assert.equal(advice, null, id);
    }
  });

  it('says no to a host without QEMU, and to a GPU that is not there', async () => {
    for (const program of ['/nowhere/qemu', '/bin/echo', packageRoot]) {
      const without = await host('check', '--json', '--qemu', program);
      assert.equal(without.status, 3, program);
      const [qemu, blob] = (JSON.parse(without.stdout) as HostReport).checks;
      assert.deepEqual([qemu?.status, blob?.status], ['no', 'unknown'], program);
    }
    const absent = await host('check', '--vfio', 'ff:1f.7');
    assert.equal(absent.status, 3);
    assert.match(absent.stdout, /^no +vfio-device: no PCI device 0000:ff:1f\.7/m);
    assert.match(absent.stdout, /^verdict: no/m);
  });
});

describe('bad options of guesthead host', () => {
  for (const [words, says] of [
    [['qemu', '--vfio', 'card0'], /ERR_USAGE.*card0[^]*0000:01:00\.0/],
    [['check', '--vfio', '1:0'], /ERR_USAGE[^]*0000:01:00\.0/],
    [['qemu', '--display', 'vnc'], /gtk, spice, dbus, none/],
    [['qemu', '--heads', '17'], /1 to 16/],
    [['check', '--size', '9000x9000'], /ERR_USAGE[^]*8192/],
    [['qemu', '--memory', 'lots'], /512M/],
    [['qemu', '--accel', 'xen'], /auto, kvm, tcg/],
    [['qemu', '--append', 'quiet'], /ERR_USAGE[^]*--kernel/],
    [['qemu', '--json', '--libvirt'], /cannot be used/],
  ] as const)
    it(`${words.join(' ')}: status 2 and the choices`, async () => {
      const { status, stdout, stderr } = await host(...words);
      assert.deepEqual([status, stdout], [2, ''], stderr);
      assert.match(stderr, says);
    });
});
