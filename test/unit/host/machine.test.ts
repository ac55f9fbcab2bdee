import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { commandLine } from '../../../src/host/command-line.js';
import { displayItems } from '../../../src/host/display-items.js';
import { itemsOf } from '../../../src/host/items.js';
import { hostMachineOf, parsePciAddress, type HostWishes } from '../../../src/host/machine.js';
import type { Qemu } from '../../../src/host/qemu.js';

const isUsage = { code: 'ERR_USAGE', advice: /.+/ };

function words(wishes: HostWishes, qemu?: Qemu): string[] {
  return itemsOf(hostMachineOf(wishes), { accelerator: 'tcg', qemu, iommufd: false }).flatMap((item) => item.arguments);
}

describe("a host's machine", () => {
  it('hands its GPU over by iommufd where the host has nothing else', () => {
    const facts = { accelerator: 'tcg', qemu: undefined } as const;
    const words = (iommufd: boolean) =>
      itemsOf(hostMachineOf({ vfio: '01:00.0' }), { ...facts, iommufd }).flatMap((item) => item.arguments);
    assert.ok(words(true).includes('iommufd,id=iommufd0'));
    assert.ok(words(true).includes('vfio-pci,host=0000:01:00.0,bus=gpu-port,iommufd=iommufd0'));
    assert.doesNotMatch(words(false).join(' '), /iommufd/);
  });

  it('takes a PCI address with or without its domain, and nothing else', () => {
    assert.equal(parsePciAddress('0000:01:00.0'), '0000:01:00.0');
    assert.equal(parsePciAddress('01:1F.7'), '0000:01:1f.7');
    for (const text of ['', '1:00.0', '01:20.0', '01:00.8', '01:00', '0:01:00.0', 'x01:00.0', '01:00.0,x-vga=on'])
      assert.throws(() => parsePciAddress(text), isUsage, text);
  });

  it('refuses what no such machine can be', () => {
    const refused: HostWishes[] = [
      { heads: 0 },
      { heads: 17 },
      { size: { width: 31, height: 480 } },
      { size: { width: 640, height: 8193 } },
      { memory: '127M' },
      { memory: '4T' },
      { cpus: 0 },
      { append: 'quiet' },
      { initrd: '/i' },
      { spicePort: 5900 },
      { name: 'a,b' },
      { vfio: 'gpu' },
    ];
    for (const wishes of refused) assert.throws(() => hostMachineOf(wishes), isUsage, JSON.stringify(wishes));
  });

  it('names files by absolute paths, for a QEMU that is started elsewhere', () => {
    const { kernel, initrd, disk } = hostMachineOf({ kernel: 'k', initrd: '/i', disk: 'd.qcow2' });
    assert.deepEqual([kernel, initrd, disk], [`${process.cwd()}/k`, '/i', `${process.cwd()}/d.qcow2`]);
    assert.ok(words({ disk: '/no/such,file.qcow2' }).includes('if=virtio,format=qcow2,file=/no/such,,file.qcow2'));
  });

  it('has a line that a shell takes apart into the same words', () => {
    const wishes = { kernel: "/tmp/a kernel's", append: '-x "y" $HOME', disk: '/tmp/two  spaces' };
    const machine = hostMachineOf(wishes);
    const items = itemsOf(machine, { accelerator: 'tcg', qemu: undefined, iommufd: false });
    const line = commandLine({ program: 'echo', machine, accelerator: 'tcg', qemu: undefined, items, notes: [] });
    const script = `printf '%s\\0' ${line.replace(/^echo/, '')}`;
    const split = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
    assert.deepEqual(split, words(wishes));
    assert.equal(line.split(' \\\n').length, 1 + split.filter((word) => /^-[a-wyz]/.test(word)).length);
  });

  it('streams to a viewer elsewhere by H.264 where QEMU knows it, by whichever name it has for it', () => {
    const machine = hostMachineOf({ display: 'spice', spicePort: 5930 });
    const spice = (streamsGl: boolean, ...spiceOptions: string[]) => {
      const qemu = { program: 'q', version: '0', properties: new Map(), displays: [], spiceOptions, streamsGl };
      return displayItems(machine, qemu).map((item) => item.arguments[1]);
    };
    assert.equal(spice(false, 'gl', 'video-codec').length, 1, 'built with an older Spice it refuses gl=on with a port');
    assert.equal(spice(true, 'gl')[1], 'gl=on');
    assert.equal(spice(true, 'gl', 'preferred-codec')[1], 'gl=on,preferred-codec=gstreamer:h264');
    const newest = spice(true, 'video-codec', 'max-refresh-rate')[1];
    assert.equal(newest, 'gl=on,video-codec=h264,max-refresh-rate=60');
  });
});
