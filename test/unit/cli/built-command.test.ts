/** The command as it is built and called: one file and its code cache, of which each call loads only its part. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { Module } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Script } from 'node:vm';
import { completionScript } from '../../../src/cli/completion.js';
import { createProgram } from '../../../src/cli/program.js';
import { packageRoot } from '../../../src/package-root.js';

const command = join(packageRoot, 'dist/cli/main.cjs');
const guesthead = (...args: string[]) => execFileSync(process.execPath, [command, ...args], { encoding: 'utf8' });

describe('the built command', () => {
  it('imports nothing by import(), which code from a cache cannot do', () => {
    const program = readFileSync(join(packageRoot, 'dist/cli/program.cjs'), 'utf8');
    assert.doesNotMatch(program, /(await|=>|return|[=(,]) ?import\(/);
  });

  it('has more in its code cache than what the build could run: functions that only devices lead to', () => {
    const folder = join(packageRoot, 'dist/cli');
    const source = Module.wrap(readFileSync(join(folder, 'program.cjs'), 'latin1'));
    const lazily = new Script(source).createCachedData().length;
    const { size } = statSync(join(folder, 'program.cache'));
    // 2.4 times as much with those alone that ran, 5.2 with all of their modules.
    assert.ok(size > lazily * 3.5, `${size} bytes, ${lazily} without a function`);
  });

  it('does the same without its code cache, with half of it, and with that of other flags', () => {
    const folder = mkdtempSync(join(tmpdir(), 'guesthead-command-'));
    try {
      cpSync(join(packageRoot, 'dist/cli'), folder, { recursive: true });
      const help = (...flags: string[]) =>
        execFileSync(process.execPath, [...flags, join(folder, 'main.cjs'), 'run', '--help'], { encoding: 'utf8' });
      const cache = join(folder, 'program.cache');
      assert.equal(help(), helpOf(['run']));
      assert.equal(help('--no-opt'), helpOf(['run']));
      truncateSync(cache, 300_000);
      assert.equal(help(), helpOf(['run']));
      rmSync(cache);
      assert.equal(help(), helpOf(['run']));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  for (const shell of ['bash', 'zsh', 'fish'] as const)
    it(`completes in ${shell} all that the sources have`, async () => {
      assert.equal(guesthead('completion', shell), await completionScript(createProgram(), shell));
    });

  it('helps with all that the sources have', () => {
    assert.equal(guesthead('--help'), helpOf([]));
    for (const { commands, name } of [createProgram(), ...createProgram().commands].map((each) => ({
      commands: each.commands,
      name: each.parent === null ? [] : [each.name()],
    })))
      for (const each of commands) {
        const words = [...name, each.name()];
        assert.equal(guesthead(...words, '--help'), helpOf(words), words.join(' '));
      }
  });

  it('says of a file that it cannot use which it is, with which errno, and what to change', () => {
    for (const words of [
      ['compare', '/none/a.json', '/none/b.json'],
      ['run', '--config', '/none/config.json'],
      ['run', '--trace', '/none/trace.json'],
      ['lab', 'run', '--kernel', '/none/bzImage', '--', 'true'],
      ['lab', 'run', '--root', '/none/tree', '--', 'true'],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [command, ...words], { encoding: 'utf8' });
      assert.equal(status, 2, stderr);
      assert.match(stderr, /^guesthead: ERR_USAGE: .*\/none\/.*\(\w+: ENOENT\)\n {2}→ .+\n$/, words.join(' '));
    }
  });

  it('answers a word that it does not know with the help of the command that was asked', () => {
    for (const [words, help] of [
      [['rn'], 'guesthead --help'],
      [['run', '--pth', 'copy'], 'guesthead run --help'],
      [['lab', 'run'], 'guesthead lab run --help'],
      [['host', 'qemu', '--hads'], 'guesthead host qemu --help'],
    ] as const) {
      const { status, stderr } = spawnSync(process.execPath, [command, ...words], { encoding: 'utf8' });
      assert.equal(status, 2);
      assert.ok(stderr.endsWith(`(${help} lists what there is)\n`), stderr);
    }
  });

  it('ends quietly when its reader goes', async () => {
    for (const args of [['--help'], ['completion', 'bash'], ['run', '--help'], ['lab', 'config']]) {
      const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      child.stdout.destroy(); // before the first byte: no reader was ever there
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      const [status] = (await once(child, 'close')) as [number];
      assert.deepEqual([status, complaint], [141, ''], args.join(' '));
    }
  });

  it('says its JSON to the end where the reader is slow, and its complaint though nobody hears it', () => {
    const script = `"$0" "$1" probe --json | (sleep 1; cat) | wc -c; "$0" "$1" --nonsense 2>&-; echo $?`;
    const { stdout } = spawnSync('bash', ['-c', script, process.execPath, command], { encoding: 'utf8' });
    const [bytes, status] = stdout.trim().split('\n');
    assert.ok(Number(bytes) > 1000, stdout);
    assert.equal(status, '2');
  });
});

function helpOf(words: readonly string[]): string {
  let found = createProgram();
  for (const word of words) found = found.commands.find((each) => each.name() === word)!;
  let text = '';
  found.configureOutput({
    writeOut: (chunk) => (text += chunk),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  found.outputHelp();
  return text;
}
