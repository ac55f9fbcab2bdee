/** The other tests of this folder once more, with the addon built with ASan and UBSan. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleTests } from '../../scripts/setup/bundle.mjs';
import { addonProgramOf } from '../../scripts/test/addon-programs.mjs';
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
const bundled = '.lab/bundled/sanitized';
const programs = groupBy(files, addonProgramOf);

function groupBy(names: readonly string[], key: (name: string) => string): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const name of names) (groups[key(name)] ??= []).push(join('test/addon', name));
  return groups;
}

/** Made ready for plain Node: under a sanitizer tsx and what most of them load take longer than most of them. */
async function bundleFiles(): Promise<void> {
  rmSync(join(root, bundled), { recursive: true, force: true });
  await bundleTests(programs, bundled);
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
    await bundleFiles();
  });

  for (const program of Object.keys(programs)) {
    it(program, async () => {
      const entry = join(bundled, `${program}.js`);
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
