/** The port's descriptor on a real file: above those of buffers, so that a process that is killed closes it first. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { systemPort } from '../../../../src/transfer/guest/port-calls.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-port-'));
const fifo = join(folder, 'port');
execFileSync('mkfifo', [fifo]);
after(() => rmSync(folder, { recursive: true }));

/** This process's descriptors of the fifo. */
function descriptors(): number[] {
  return readdirSync('/proc/self/fd')
    .filter((fd) => linkOf(fd) === fifo)
    .map(Number);
}

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined; // that of the listing itself
  }
}

const noop = () => undefined;

describe('the port’s descriptor', () => {
  it('is a high one, and the only one', () => {
    const port = systemPort.open(fifo, new Uint8Array(8), noop);
    port.watch();
    const [fd = 0, ...more] = descriptors();
    assert.ok(fd >= 500, `${fd}`);
    assert.deepEqual(more, []);
    port.close();
    assert.deepEqual(descriptors(), []);
  });

  it('does not block, and gives back what was written', () => {
    const room = new Uint8Array(8);
    const port = systemPort.open(fifo, room, noop);
    assert.equal(port.read(), -1);
    assert.equal(port.write(Uint8Array.of(1, 2, 3), 3), 3);
    assert.equal(port.read(), 3);
    assert.deepEqual([...room], [1, 2, 3, 0, 0, 0, 0, 0]);
    const more = new Uint8Array(1 << 20);
    while (port.write(more, more.length) > 0);
    port.close();
  });
});
