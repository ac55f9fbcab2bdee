/** What is taken of the guest's RAM while that changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NEVER, Subject } from 'rxjs';
import type { QmpEvent } from '../../../../src/qmp/index.js';
import type { GuestRam } from '../../../../src/transfer/host/memory/guest-ram.js';
import { RamMemory, type MemoryNative } from '../../../../src/transfer/host/memory/memory.js';
import { relearnOn } from '../../../../src/transfer/host/memory/relearning.js';

const nothing = () => undefined;
const native = {
  mapPieces: () => ({ buffer: new ArrayBuffer(4096), beginAccess: nothing, endAccess: nothing, close: nothing }),
} as unknown as MemoryNative;

const dimm = { start: 0x4000n, end: 0x8000n, backend: '/objects/dimm', file: 0, offset: 0n };
const low = { start: 0n, end: 0x4000n, backend: '/objects/mem', file: 0, offset: 0n };
const ram = (...ranges: GuestRam['ranges']): GuestRam => ({ ranges, files: [] });

/** A guest with a DIMM, and each learning of its RAM, which the test ends. */
function guest() {
  const events$ = new Subject<QmpEvent>();
  const memory = new RamMemory(ram(low, dimm), NEVER, nothing, native);
  const learning: { resolve(learnt: GuestRam): void; reject(error: Error): void }[] = [];
  relearnOn(events$, memory, () => new Promise((resolve, reject) => learning.push({ resolve, reject })));
  const tell = (event: string) => events$.next({ event, data: {} });
  const take = (page: bigint) => () => memory.take([{ page, count: 1 }], 4096n);
  return { tell, learning, take };
}

describe("the guest's RAM", () => {
  it('has nothing to take from a DIMM’s end until it is learnt anew, and then all but that DIMM', async () => {
    const { tell, learning, take } = guest();
    take(5n)();
    tell('DEVICE_DELETED');
    for (const page of [0n, 5n]) assert.throws(take(page), /learnt anew/);
    learning[0]!.resolve(ram(low));
    await turn();
    take(0n)();
    assert.throws(take(5n), /page 5 is no RAM/);
  });

  it('can be taken while a producer’s coming is a reason to look, which moves nothing', () => {
    const { tell, take } = guest();
    tell('VSERPORT_CHANGE');
    take(5n)();
  });

  it('is not taken by a map that cannot be learnt anew, until it can', async () => {
    const { tell, learning, take } = guest();
    tell('ACPI_DEVICE_OST');
    learning[0]!.reject(new Error('a test'));
    await turn();
    assert.throws(take(0n), /learnt anew/);
    tell('RESET');
    learning[1]!.resolve(ram(low));
    await turn();
    take(0n)();
  });

  it('is learnt one time after the other, so that the last map stands', async () => {
    const { tell, learning, take } = guest();
    tell('RESET');
    tell('DEVICE_DELETED');
    assert.equal(learning.length, 1);
    learning[0]!.resolve(ram(low, dimm));
    await turn();
    assert.equal(learning.length, 2);
    assert.throws(take(5n), /learnt anew/, 'what was being learnt before the end of the DIMM may have it still');
    learning[1]!.resolve(ram(low));
    await turn();
    assert.throws(take(5n), /page 5 is no RAM/);
  });
});
