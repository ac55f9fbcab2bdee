/** The other tests of this folder once more, with the addon built with ASan and UBSan. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleTests } from '../../scripts/setup/bundle.mjs';
import { root, sanitized } from './support/addon.js';
import { runNode, transcript, type ChildResult } from './support/child.js';
import { buildSanitized, complaintsOf, sanitizedOptions } from './support/sanitized.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const elsewhere = [
  basename(fileURLToPath(import.meta.url)),
  'gl-threads.test.ts', // has a sanitizer of its own
  'gl-software.test.ts', // is about Mesa, which is slow under one
  'errno-injector.test.ts', // is about a tool that is no part of the addon
];
const files = readdirSync(here).filter((name) => name.endsWith('.test.ts') && !elsewhere.includes(name));
/** One that starts itself again, with another library in the system's place, needs a process of its own. */
const startsItselfAgain = (name: string) => /^underFake/m.test(readFileSync(join(here, name), 'utf8'));

/** Under a sanitizer Node takes a second to start, and longer to load what most of them load: so a process runs several. */
const filesOfAProcess = 8;
const processes = inProcesses();
const sources = '.lab/sanitized';
const bundled = '.lab/bundled/sanitized';

function inProcesses(): string[][] {
  const alone = files.filter(startsItselfAgain);
  const together = files.filter((name) => !alone.includes(name));
  const starts = [...together.keys()].filter((index) => index % filesOfAProcess === 0);
  return [...starts.map((start) => together.slice(start, start + filesOfAProcess)), ...alone.map((name) => [name])];
}

const entryOf = (names: readonly string[]) => basename(names[0] ?? '', '.test.ts');

async function bundleProcesses(): Promise<void> {
  rmSync(join(root, bundled), { recursive: true, force: true });
  mkdirSync(join(root, sources), { recursive: true });
  for (const names of processes) {
    const imports = names.map((name) => `import ${JSON.stringify(join(here, name))};\n`);
    writeFileSync(join(root, sources, `${entryOf(names)}.ts`), imports.join(''));
  }
  await bundleTests(
    processes.map((names) => join(sources, `${entryOf(names)}.ts`)),
    sources,
    bundled,
  );
}

/** Runs Node with the sanitized addon; resolves with its result and what the sanitizers said of the addon. */
async function runSanitized(args: string[]): Promise<{ result: ChildResult; complaints: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'guesthead-asan-'));
  const result = await runNode(args, sanitizedOptions(join(folder, 'report')));
  const reports = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  rmSync(folder, { recursive: true });
  return { result, complaints: reports.flatMap(complaintsOf) };
}

describe('under ASan and UBSan', { skip: sanitized }, () => {
  before(async () => {
    await buildSanitized();
    await bundleProcesses();
  });

  for (const names of processes) {
    it(names.join(', '), async () => {
      const entry = join(bundled, `${entryOf(names)}.js`);
      const args = ['--expose-gc', '--enable-source-maps', '--test-reporter=spec', entry];
      const { result, complaints } = await runSanitized(args);
      assert.deepEqual(complaints, []);
      assert.equal(result.status, 0, transcript(result));
      assert.match(result.stdout, /pass [1-9]/, transcript(result));
    });
  }
});

describe("a sanitizer's report", () => {
  const leak = (...frames: string[]): string =>
    ['Direct leak of 8 byte(s) in 1 object(s) allocated from:', ...frames].join('\n    #0 0x1 in ');

  it('of a leak is ours if the addon allocated, not if JavaScript that it called did', () => {
    const ours = leak('operator new', 'guesthead::Slot::Slot() ../drm/slot.cc:9', 'Builtins_JSEntry');
    const byNode = leak('malloc', 'napi_create_reference', '(native/build/Release/guesthead.node+0x1)');
    const script = leak('malloc', 'Builtins_JSEntry', 'guesthead::callReporting()');
    assert.deepEqual(complaintsOf([ours, byNode, script, leak('node::Start')].join('\n\n')), [ours, byNode]);
  });

  it('of an error is always ours', () => {
    for (const error of ['==1==ERROR: AddressSanitizer: heap-use-after-free', 'a.cc:1: runtime error: overflow']) {
      assert.deepEqual(complaintsOf(`\n\n${error}`), [error]);
    }
  });
});
