/** The port's descriptors on a real file: above those of buffers, so that a process that is killed closes them first. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isAgain } from '../../../../src/transfer/guest/is-again.js';
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

describe('the port’s descriptors', () => {
  it('are all high, that of who watches too, and closed each', () => {
    const fd = systemPort.open(fifo);
    const watcher = systemPort.watchReadable(fd, () => undefined);
    const found = descriptors();
    assert.equal(found.length, 2);
    assert.ok(
      found.every((one) => one >= 500),
      found.join(', '),
    );
    watcher.close();
    systemPort.close(fd);
    assert.deepEqual(descriptors(), []);
  });

  it('do not block, and give back what was written', () => {
    const fd = systemPort.open(fifo);
    const into = new Uint8Array(8);
    assert.throws(() => systemPort.read(fd, into), isAgain);
    assert.equal(systemPort.write(fd, Uint8Array.of(1, 2, 3)), 3);
    assert.equal(systemPort.read(fd, into), 3);
    assert.throws(
      () => systemPort.write(fd, new Uint8Array(1 << 20)) === 1 << 20 || systemPort.write(fd, into),
      isAgain,
    );
    systemPort.close(fd);
  });
});
