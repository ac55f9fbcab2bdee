/**
 * A producer's buffers on the real kernel: their pages, a caller's memory, a head that shows them. The port is the test's own, so that no
 * broker is needed; the GPU is left out, for Mesa's software renderer crashes on memory that is not vgem's own. Prints one JSON object.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { openHead } from '../../../src/head/index.js';
import { loadNative } from '../../../src/native/index.js';
import { systemMemory } from '../../../src/transfer/guest/pinned-memory.js';
import { obligingBroker, transferRig } from '../../support/transfer-rig.js';

const native = loadNative();
const [width, height] = [1280, 768];
/** Of 1920x1080 in rows and whole rows of 16. */
const pictureBytes = 1920 * 1088 * 4;
const { port, producer } = transferRig({ memory: systemMemory() });
obligingBroker(port);
await producer.connected();

/** Of one attempt, ms: allocated, pinned, named. */
function allocationMs(): number {
  const before = performance.now();
  const buffer = producer.allocate({ width: 1920, height: 1080 });
  const took = performance.now() - before;
  buffer.close();
  return took;
}

/** Of memory that is there already, ms: pinned and named. */
function namingMs(): number {
  const memory = native.createMemory(pictureBytes);
  writeSync(memory, Buffer.alloc(pictureBytes));
  const before = performance.now();
  const buffer = producer.adopt({ width: 1920, height: 1080, memory });
  const took = performance.now() - before;
  buffer.close();
  closeSync(memory);
  return took;
}

/** As many pages as the memory has, each with a number. */
function areNamed(): boolean {
  producer.allocate({ width: 333, height: 77 });
  const { runs, size } = port.said('register').at(-1)!;
  const told = runs.reduce((sum, { count }) => sum + count, 0);
  return told === Number(size) / 4096 && runs.every(({ page }) => page > 0n);
}

/** In how many pieces each of some buffers lies that have the pages of the one before them, which the kernel gives in the opposite order. */
async function pieces(): Promise<number[]> {
  const counts: number[] = [];
  for (let count = 0; count < 6; count++) {
    const buffer = producer.allocate({ width: 1920, height: 1080 });
    counts.push(port.said('register').at(-1)!.runs.length);
    buffer.close();
    for (let turns = 0; turns < 5; turns++) await turn(); // the broker says that it may go
  }
  return counts;
}

/** A memfd of the test's own, by which the very memory is seen. */
function adopted(): { readonly seen: boolean; readonly refused: string } {
  const bytes = 1280 * 768 * 4;
  const memory = native.createMemory(bytes);
  const buffer = producer.adopt({ width, height, memory });
  buffer.acquire();
  buffer.draw(({ pixels }) => pixels.fill(0x00c0ffee));
  const read = Buffer.alloc(4);
  readSync(memory, read, 0, 4, bytes - 4);
  buffer.close();
  closeSync(memory);
  const file = openSync('/dev/null', 'r');
  let refused = '';
  try {
    producer.adopt({ width, height, memory: file });
  } catch (error) {
    refused = (error as { code: string }).code;
  }
  closeSync(file);
  return { seen: read.readUInt32LE() === 0x00c0ffee, refused };
}

/** Lent to the host and shown by a head at the same time. */
async function lentAndShown() {
  const head = await openHead({ mode: `${width}x${height}` });
  const buffer = producer.allocate({ width, height });
  buffer.acquire();
  buffer.draw(({ pixels }) => pixels.fill(0x00336699));
  const ending = await buffer.export().released;
  const client = head.importDmabuf(buffer.description);
  const outcome = await new Promise<string>((resolve) =>
    head.present(client, { onOutcome: ({ kind }) => resolve(kind) }),
  );
  client.close();
  await head.close();
  return { ending: ending.type, outcome };
}

const first = allocationMs();
const allocateMs = [first, allocationMs(), allocationMs(), allocationMs()];
const seen = {
  allocateMs,
  namingMs: [namingMs(), namingMs(), namingMs()],
  named: areNamed(),
  pieces: await pieces(),
  adopted: adopted(),
  shown: await lentAndShown(),
};
await producer.close();
const state = await firstValueFrom(producer.state$, { defaultValue: { type: 'closed' } });
console.log(JSON.stringify({ ...seen, state: state.type }));
