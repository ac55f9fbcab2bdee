/** Texts of real QEMUs: `info mtree -f -o` of a machine that was started with -S, and nothing changed in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ramRangesIn } from '../../../../src/transfer/host/memory/physical-map.js';

const recorded = (name: string): string => readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');

/** `start-end backend+offset`, in hexadecimal. */
const rangesOf = (text: string): string[] =>
  ramRangesIn(text).map(
    ({ start, end, backend, offset }) => `${start.toString(16)}-${end.toString(16)} ${backend}+${offset.toString(16)}`,
  );

const low = '0-c0000 /objects/mem+0';

describe("QEMU's map of the guest's memory", () => {
  const machines: Record<string, string[]> = {
    'q35-2g-qemu-7.2': [low, '100000-80000000 /objects/mem+100000'],
    'q35-6g-qemu-10.0': [low, '100000-80000000 /objects/mem+100000', '100000000-200000000 /objects/mem+80000000'],
    'i440fx-6g-qemu-7.2': [low, '100000-c0000000 /objects/mem+100000', '100000000-1c0000000 /objects/mem+c0000000'],
    'q35-numa-qemu-10.0': [
      '0-c0000 /objects/m0+0',
      '100000-80000000 /objects/m0+100000',
      '100000000-140000000 /objects/m0+80000000',
      '140000000-200000000 /objects/m1+0',
    ],
    'virt-6g-qemu-7.2': ['40000000-1c0000000 /objects/mem+0'],
  };
  for (const [name, ranges] of Object.entries(machines))
    it(`is read from ${name}: RAM of memory-backends, no ROM, no device’s memory`, () => {
      assert.deepEqual(rangesOf(recorded(name)), ranges);
    });

  const view = (line: string): string =>
    `FlatView #0\n AS "memory", root: system\n Root memory region: system\n${line}\n`;

  it('names KVM behind a line where KVM maps it', () => {
    const line = '  0000000000000000-0000000000000fff (prio 0, ram): mem owner:{obj path=/objects/mem} KVM';
    assert.deepEqual(rangesOf(view(line)), ['0-1000 /objects/mem+0']);
  });

  it('leaves out what a device owns, and what the guest cannot write', () => {
    const lines = [
      '  0000000000000000-0000000000000fff (prio 0, ram): vga.vram owner:{dev path=/machine/unattached/device[8]}',
      '  0000000000001000-0000000000001fff (prio 0, rom): mem owner:{obj path=/objects/mem}',
      '  0000000000002000-0000000000002fff (prio 0, nv-ram): pmem owner:{obj path=/objects/pmem}',
      '  0000000000003000-0000000000003fff (prio 0, ramd): x owner:{obj path=/objects/mem}',
    ];
    assert.deepEqual(rangesOf(view(lines.join('\n'))), []);
  });

  it('of another form is refused', () => {
    for (const text of ['', 'unknown command: info mtree', recorded('q35-2g-qemu-7.2').replaceAll('"memory"', '"m"')])
      assert.throws(() => ramRangesIn(text), { code: 'ERR_PROTOCOL' });
  });
});
