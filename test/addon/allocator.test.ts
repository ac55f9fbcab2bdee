/** What the C library keeps of what was freed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';
import { loadScript, root, sanitized } from './support/addon.js';

const mib = 1024 * 1024;
const muchMiB = 30;
/** Prints how many MiB are left of so many that were freed in pieces, once one large block has raised what the allocator keeps. */
const keeping = `
  ${loadScript}
  if (process.argv.at(-1) === 'given back') native.giveBackFreedMemory();
  const used = (bytes) => Buffer.allocUnsafeSlow(bytes).fill(1);
  const freed = async (make) => {
    let made = make();
    made = undefined;
    for (let turn = 0; turn < 5; turn++) { gc(); await new Promise((resolve) => setTimeout(resolve, 20)); }
  };
  (async () => {
    await freed(() => used(${muchMiB * mib}));
    const before = process.memoryUsage.rss();
    await freed(() => Array.from({ length: ${muchMiB * 2} }, () => used(${mib / 2})));
    console.log((process.memoryUsage.rss() - before) / ${mib});
  })();
`;

function leftMiB(how: 'given back' | 'as glibc has it'): number {
  return Number(execFileSync(process.execPath, ['--expose-gc', '--eval', keeping, '--', how], { cwd: root }));
}

/** Only of glibc's is it told; a sanitizer has an allocator of its own. */
const { header } = process.report.getReport() as unknown as { header: object };
const skip = sanitized || !('glibcVersionRuntime' in header);

it('the allocator keeps what was freed, until it is told to give it back', { skip }, () => {
  const [given, usual] = [leftMiB('given back'), leftMiB('as glibc has it')];
  assert.ok(given < usual - muchMiB / 3, `${given} MiB are left, and ${usual} as glibc has it`);
});
