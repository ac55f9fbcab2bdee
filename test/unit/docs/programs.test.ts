/** Each TypeScript program of the documents compiles as it stands there, against the package's own types; those marked `ts run` run, too. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';
import ts from 'typescript';
import { packageRoot } from '../../../src/package-root.js';
import { blocksOf, documents } from '../../support/documents.js';

/** Inside the checkout, so that `guesthead` is this package as for the examples. */
const folder = join(packageRoot, '.lab/documents');

const programs = documents()
  .flatMap((document) => blocksOf(document, 'ts'))
  .map((block) => ({ ...block, file: join(folder, `${block.place.replaceAll(/[^\w]/g, '-')}.ts`) }));

function compile(files: readonly string[]): readonly ts.Diagnostic[] {
  const config = ts.readConfigFile(join(packageRoot, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, { ...ts.sys, readDirectory: () => [] }, packageRoot);
  return ts.getPreEmitDiagnostics(ts.createProgram({ rootNames: files, options }));
}

describe('the programs in the documents', () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, text } of programs) writeFileSync(file, text);
  const diagnostics = compile(programs.map(({ file }) => file));
  after(() => rmSync(folder, { recursive: true }));

  for (const { place, file } of programs)
    it(`${place} compiles`, () => {
      const faults = diagnostics
        .filter((diagnostic) => diagnostic.file?.fileName === file)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
      assert.deepEqual(faults, []);
    });

  for (const { place, file } of programs.filter(({ mark }) => mark === 'run'))
    it(`${place} runs`, async () => {
      const program = ['--import', 'tsx', file];
      await promisify(execFile)(process.execPath, program, { cwd: packageRoot, timeout: 60_000 });
    });

  for (const { place, text } of documents().flatMap((document) => blocksOf(document, 'json')))
    it(`${place} is JSON`, () => assert.doesNotThrow(() => JSON.parse(text) as unknown));

  it('need nothing else that does not compile', () => {
    const ours = new Set(programs.map(({ file }) => file));
    assert.deepEqual(
      diagnostics.filter(({ file }) => !ours.has(file?.fileName ?? '')).map(({ messageText }) => messageText),
      [],
    );
  });
});
