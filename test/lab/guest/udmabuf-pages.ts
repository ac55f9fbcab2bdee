/** Takes pages of a memfd that stands in for a guest's RAM, with the kernel's own udmabuf, and says what came of it. */
import { closeSync, openSync } from 'node:fs';
import { access, loadNative } from '../../../src/native/index.js';
import { RamFile } from '../../../src/transfer/host/memory/ram-file.js';
import { RamMemory } from '../../../src/transfer/host/memory/memory.js';

const page = 4096;
const pages = 64;
/** As on a PC: the second half of the file lies above a hole. */
const hole = 1n << 20n;

export function takeByUdmabuf() {
  const native = loadNative();
  const ram = native.createMemory(pages * page);
  const all = native.mapDmabuf(ram, pages * page, access.readWrite);
  const words = new Uint32Array(all.buffer);
  for (let at = 0; at < pages; at++) words[(at * page) / 4] = at;
  // as the broker has it: opened anew, to read
  const files = [new RamFile(openSync(`/proc/self/fd/${ram}`, 'r'), 'ram')];
  const half = BigInt((pages / 2) * page);
  const ranges = [
    { start: 0n, end: half, backend: 'ram', file: 0, offset: 0n },
    { start: hole * 4096n, end: hole * 4096n + half, backend: 'ram', file: 0, offset: half },
  ];
  const memory = new RamMemory({ ranges, files });
  const runs = [
    { page: hole + 3n, count: 2 },
    { page: 7n, count: 1 },
    { page: 1n, count: 1 },
  ];
  const taken = memory.take(runs, BigInt(4 * page));
  memory.close();
  const mapping = taken.map();
  const shown = new Uint32Array(mapping.buffer);
  const seen = () => [0, 1, 2, 3].map((at) => shown[(at * page) / 4]);
  const first = seen();
  words[(7 * page) / 4] = 777;
  const later = seen();
  const held = [taken.heldElsewhere];
  const another = native.duplicate(taken.fd ?? -1);
  held.push(taken.heldElsewhere);
  mapping.close();
  held.push(taken.heldElsewhere);
  closeSync(another);
  held.push(taken.heldElsewhere);
  taken.close();
  closeSync(ram);
  return { kind: memory.kind, bytes: shown.length, first, later, held };
}

process.stdout.write(`${JSON.stringify(takeByUdmabuf())}\n`);
