/** The file of the guest's memory, found in a process: this one stands in for QEMU. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Area } from '../../../../src/transfer/host/memory/process-areas.js';
import { openMapped } from '../../../../src/transfer/host/memory/qemu-process.js';

const folder = mkdtempSync(join(tmpdir(), 'qemu-process-test-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'ram');
writeFileSync(path, 'pages');
const kept = openSync(path, 'r');
after(() => closeSync(kept));
const { ino } = fstatSync(kept);

/** As btrfs has it: the maps name another device than `stat` does. */
const onBtrfs = (more: Partial<Area> = {}): Area => ({
  ...{ start: 0x1000n, end: 0x2000n, isShared: true, offset: 0n },
  ...{ file: `ff:7f ${ino}`, path },
  ...more,
});

describe('the file that a process has mapped', () => {
  it('is found by inode and path where the device is told in two ways', () => {
    const area = onBtrfs();
    const fd = openMapped(process.pid, area.file ?? '', area);
    assert.equal(fstatSync(fd).ino, ino);
    closeSync(fd);
  });

  it('is not taken for another of the same path, or of the same inode elsewhere', () => {
    for (const area of [onBtrfs({ file: `ff:7f ${ino + 1}` }), onBtrfs({ path: `${path}x` }), onBtrfs({ path: '' })])
      assert.throws(() => openMapped(process.pid, area.file ?? '', area), { code: 'ERR_PERMISSION' });
  });
});
