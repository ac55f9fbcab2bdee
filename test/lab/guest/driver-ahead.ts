/** Mesa's driver, which a thread loads before a GPU is opened: the libraries that are mapped, before and after one is. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openGpus } from '../../../src/head/index.js';
import { loadNative } from '../../../src/native/index.js';

export interface DriverAhead {
  /** That were started: at once, and by a second call. */
  readonly threads: readonly [number, number];
  /** Inode and name of each that is LLVM's or a driver. */
  readonly ahead: readonly string[];
  readonly opened: readonly string[];
}

const native = loadNative();
const [begun, again] = [threadsOf(), threadsOf()];
const threads = [begun, again] as const;
if (begun > 0) while (mapped(/LLVM/).length === 0) await sleep(20);
const ahead = mapped(/LLVM|\/dri\/|gallium/);
const gpus = await openGpus();
const seen: DriverAhead = { threads, ahead, opened: mapped(/LLVM|\/dri\/|gallium/) };
gpus.close();
console.log(JSON.stringify(seen));

function threadsOf(): number {
  const before = readdirSync('/proc/self/task').length;
  native.loadDriverAhead();
  return readdirSync('/proc/self/task').length - before;
}

function mapped(name: RegExp): readonly string[] {
  const rows = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/));
  const found = rows.filter(([, , , , , file = '']) => name.test(file)).map(([, , , , inode]) => inode ?? '');
  return [...new Set(found)].sort();
}
