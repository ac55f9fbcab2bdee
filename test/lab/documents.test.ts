/** What the documents tell a newcomer to type, and mark with `run`, is typed here. */
import assert from 'node:assert/strict';
import { exec } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { HeadsResult, RunResult } from '../../src/report/index.js';
import { blocksOf, commandsOf, documents } from '../support/documents.js';
import { allExact, script } from '../support/lab.js';
import { packageRoot } from '../../src/package-root.js';

const marked = (language: string, wanted: string) =>
  documents()
    .flatMap((document) => blocksOf(document, language))
    .filter(({ mark }) => mark === wanted);

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function type(command: string): Promise<Ended> {
  return new Promise((resolve) => {
    exec(command, { cwd: packageRoot, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve({ status: error?.code ?? 0, stdout, stderr });
    });
  });
}

function resultOf({ stdout, stderr }: Ended): RunResult {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  assert.match(line, /^\{/, stderr);
  return JSON.parse(line) as RunResult;
}

describe('the documents', () => {
  it('have these commands run', () => {
    const commands = new Set(marked('sh', 'run').flatMap(commandsOf));
    assert.deepEqual([...commands].sort(), [
      'npm start',
      'npx guesthead host check',
      'npx guesthead host qemu --explain',
      'npx guesthead lab run -- guesthead run --frames 300',
      'npx guesthead lab run --blob off -- guesthead run',
      'npx guesthead lab run --heads 4 -- guesthead run --connector all --frames 120 --json',
      'npx guesthead lab shell',
      'npx guesthead probe',
      'npx guesthead run --frames 600 --json',
      'npx guesthead run --help',
    ]);
  });

  it('npm start does the main job, and says where and with what stand-ins', async () => {
    const run = await type('npm start -- --frames 60 --json');
    const result = resultOf(run);
    assert.equal(result.path, 'import');
    assert.deepEqual(result.host, allExact(3));
    assert.match(run.stderr, /in the lab/);
    assert.match(run.stderr, /vgem stands in/);
  });

  it('npx guesthead probe without devices exits 3 and says what to do', async () => {
    const { status, stdout } = await type('npx guesthead probe');
    assert.equal(status, 3);
    assert.match(stdout, /^ {2}no {6}device: no DRM device\n.*why: .*\n.*→ give the guest a virtio-gpu and a GPU/m);
    assert.match(stdout, /^verdict: no: no path works: ERR_NO_DEVICE: .*guesthead lab run/m);
  });

  it('npx guesthead run --help lists the options', async () => {
    const { status, stdout } = await type('npx guesthead run --help');
    assert.equal(status, 0);
    for (const option of [
      '--render',
      '--display',
      '--connector',
      '--mode',
      '--buffers',
      '--pattern',
      '--frames',
      '--json',
    ])
      assert.ok(stdout.includes(option), option);
  });

  it('npx guesthead run without devices exits 3 with the explanation', async () => {
    const run = await type('npx guesthead run --frames 600 --json');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /looked for a virtio-gpu.*found no DRM device/);
    assert.match(run.stderr, /guesthead lab run/);
    assert.equal(resultOf(run).verdict, 'fail');
  });

  it('npx guesthead lab run passes on a whole run', async () => {
    const run = await type('npx guesthead lab run -- guesthead run --frames 300');
    assert.match(run.stdout, /^1920x1080 at 75\.00 Hz: 300 flips/m, run.stderr);
    assert.match(run.stdout, /^verdict: (pass|fail)$/m);
  });

  it('npx guesthead lab run --blob off shows the refusal', async () => {
    const run = await type('npx guesthead lab run --blob off -- guesthead run');
    assert.equal(run.status, 3);
    assert.match(run.stderr, /ERR_IMPORT_REFUSED[^]*→/);
  });

  it('npx guesthead lab run --heads 4 shows all heads', async () => {
    const run = await type('npx guesthead lab run --heads 4 -- guesthead run --connector all --frames 120 --json');
    const { heads } = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '') as HeadsResult;
    assert.deepEqual(
      heads.map(({ mode, frames }) => [mode.width, mode.height, frames]),
      Array.from({ length: 4 }, () => [1280, 720, 120]),
    );
  });

  it('npx guesthead lab shell gives a shell in the guest', async () => {
    const { status, stdout } = await type(
      "printf 'echo release=$(uname -r); exit 5\\n' | SHELL=/bin/sh npx guesthead lab shell",
    );
    assert.match(stdout, /release=\d+\.\d+/);
    assert.equal(status, 5);
  });

  it('npx guesthead host check says what is so and what to change', async () => {
    const { status, stdout } = await type('npx guesthead host check');
    assert.match(stdout, /^ok +qemu: .*version \d/m);
    const verdict = /^verdict: (\w+)/m.exec(stdout)?.[1];
    assert.equal(status, verdict === 'no' ? 3 : 0);
    if (verdict === 'no') assert.match(stdout, /^no .*\n.*\n +→ /m);
  });

  it('npx guesthead host qemu --explain says why each option is there', async () => {
    const { status, stdout } = await type('npx guesthead host qemu --explain');
    assert.equal(status, 0);
    for (const option of ['memory-backend-memfd', 'blob=on', 'memory-backend=mem', 'gtk,gl=on'])
      assert.match(stdout, new RegExp(`^-.*${option}.*\n {4}\\S.*[^]*Without`, 'm'));
  });

  /** What the programs that the documents mark with `run-in-lab` print there, one after the other in one guest. */
  let outputs: Promise<readonly string[]> | undefined;
  const programs = marked('ts', 'run-in-lab');
  const mark = '== the next program';

  async function runAll(): Promise<readonly string[]> {
    mkdirSync(join(packageRoot, '.lab'), { recursive: true });
    const commands = programs.map(({ text }, index) => {
      const file = `.lab/document-${index}.ts`;
      writeFileSync(join(packageRoot, file), text);
      return script(file).join(' ');
    });
    const all = commands.join(` && echo ${mark} && `);
    const { status, stdout, stderr } = await type(`npx guesthead lab run -- sh -c '${all}'`);
    assert.equal(status, 0, stderr);
    return stdout.split(mark);
  }

  async function printed(contained: string): Promise<string> {
    const found = programs.findIndex(({ text }) => text.includes(contained));
    assert.equal(
      found,
      programs.findLastIndex(({ text }) => text.includes(contained)),
    );
    outputs ??= runAll();
    return (await outputs)[found] ?? assert.fail(`no program with ${contained} has run`);
  }

  it('the program that draws runs as it stands there', async () => {
    const stdout = await printed('bars.draw(frame');
    assert.ok((stdout.match(/^frame \d+ is on the screen/gm) ?? []).length > 20, stdout.slice(-2000));
  });

  it('and so does the one that presents by itself', async () => {
    const stdout = await printed('head.present(');
    assert.match(stdout, /kind: 'shown'/);
    assert.match(stdout, /the next present would be committed at once/);
  });

  it('and the one that draws with the GPU', async () => {
    const stdout = await printed('gl.compose(');
    assert.match(stdout, /^llvmpipe .*, the end of a drawing is told by (native|finish)$/m);
    assert.match(stdout, /^frame \d+ was drawn by the GPU$/m);
  });
});
