/** The GL thread under ThreadSanitizer: gl-threads.cc, which is native/gl without JavaScript, on the fake EGL. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root, sanitized } from './support/addon.js';
import { build } from './support/fake-egl.js';

const native = join(root, 'native');
const folder = join(native, 'build-tests');
const program = fileURLToPath(new URL('support/gl-threads.cc', import.meta.url));
/** What alone knows JavaScript. */
const withJavaScript = ['binding', 'calls', 'given', 'info'];
const run = promisify(execFile);

const whyNot = (): string | false => {
  if (sanitized) return 'has a sanitizer of its own';
  const { stdout } = spawnSync('g++', ['-print-file-name=libtsan.so'], { encoding: 'utf8' });
  return isAbsolute(stdout.trim()) ? false : 'needs g++ with ThreadSanitizer';
};

const sources = () => [
  join(native, 'core/library.cc'),
  ...readdirSync(join(native, 'gl'))
    .filter((name) => name.endsWith('.cc') && !withJavaScript.includes(name.slice(0, -3)))
    .map((name) => join(native, 'gl', name)),
];

/** By what it is made of, so that it is compiled once. */
function digest(): string {
  const hash = createHash('sha256').update(readFileSync(program));
  for (const part of ['core', 'gl'])
    for (const name of readdirSync(join(native, part)).sort()) hash.update(readFileSync(join(native, part, name)));
  return hash.digest('hex').slice(0, 16);
}

async function compiled(): Promise<string> {
  const made = join(folder, `gl-threads-${digest()}`);
  if (existsSync(made)) return made;
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old.startsWith('gl-threads-')) rmSync(join(folder, old));
  const headers = (await run('pkg-config', ['--cflags', 'libdrm', 'egl', 'glesv2'])).stdout.trim().split(/\s+/);
  const options = ['-std=c++17', '-g', '-O1', '-fsanitize=thread', '-I', native, ...headers];
  const unit = `${made}.cc`; // one, for nearly all of the time goes into headers
  writeFileSync(unit, [...sources(), program].map((file) => `#include "${file}"\n`).join(''));
  await run('g++', [...options, unit, '-o', `${made}.new`, '-pthread', '-ldl']);
  renameSync(`${made}.new`, made);
  return made;
}

describe('the GL thread under ThreadSanitizer', { skip: whyNot() }, () => {
  let made = '';
  before(async () => {
    made = await compiled();
  });

  it('has no race between jobs, results, ends, a hang and the exit', async () => {
    const own = mkdtempSync(join(tmpdir(), 'guesthead-tsan-'));
    const env = {
      ...process.env,
      FAKE_EGL: join(own, 'words'),
      LD_LIBRARY_PATH: build(),
      TSAN_OPTIONS: 'exitcode=66:halt_on_error=0',
    };
    // Its shadow memory does not fit the addresses that newer kernels hand out at random.
    const command = spawnSync('setarch', ['-R', 'true']).status === 0 ? ['setarch', '-R', made] : [made];
    const [name = '', ...args] = command;
    const { stdout, stderr } = await run(name, args, { env, timeout: 120_000 }).catch((error: unknown) =>
      assert.fail(String((error as { stderr?: string }).stderr ?? error)),
    );
    rmSync(own, { recursive: true });
    assert.equal(stderr, '');
    assert.equal(stdout, 'many\nside by side\nends at once\nhangs\n');
  });
});
