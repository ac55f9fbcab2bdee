/**
 * Opens heads with ever more descriptors left, and then with ever more memory, and prints
 * how each try ended and what was held before and after all of them. Run it with a low
 * limit of open files.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { firstValueFrom, take } from 'rxjs';
import { openHead } from '../../../src/head/index.js';
import { held } from './held.js';

/** Opens, draws five frames of 33 MB, closes; the code it ended with. */
async function attempt(): Promise<string> {
  try {
    const head = await openHead({ mode: '3840x2160', path: 'import' });
    try {
      await firstValueFrom(head.flips((frame) => void frame.pixels.fill(0x808080, 0, 64)).pipe(take(5)));
    } finally {
      await head.close();
    }
    return 'opened';
  } catch (error) {
    return error instanceof Error && error.name === 'GuestheadError' && 'code' in error
      ? String(error.code)
      : `not coded: ${String(error)}`;
  }
}

/** With so many descriptors left under this process's limit. */
async function withDescriptors(left: number): Promise<string> {
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    for (const fd of taken.splice(0, left)) closeSync(fd);
  }
  const code = await attempt();
  for (const fd of taken) closeSync(fd);
  return code;
}

/** With so much more address space than is in use, MiB. */
async function withMemory(more: number): Promise<string> {
  const used = Number(/^VmSize:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  limitAddressSpace(String(used + more * 2 ** 20));
  const code = await attempt();
  limitAddressSpace('unlimited');
  return code;
}

function limitAddressSpace(bytes: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${bytes}:unlimited`]);
}

await attempt(); // loads libraries and warms caches, which stay
const before = held();
const codes: string[] = [];
for (const left of [1, 3, 5, 8, 12, 16, 20]) codes.push(await withDescriptors(left));
for (const more of [40, 80, 120]) codes.push(await withMemory(more));
codes.push(await attempt());
console.log(JSON.stringify({ codes, before, after: held() }));
