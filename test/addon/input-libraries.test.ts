/** The kiosk's libraries where they are not installed: each is told with its package. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './support/addon.js';
import { runNode, textWords, transcript } from './support/child.js';
import { compiled } from './support/compiled.js';

/** Prints what `expression` throws, of a process without the library. */
async function without(library: string, expression: string, env: Record<string, string> = {}): Promise<string> {
  const preload = [compiled('no-library', join(root, 'native/build-tests'))];
  const script = `
    const { native } = await import('./test/addon/support/addon.ts');
    const { openInput, openKeyboard } = await import('./src/input/index.ts');
    const ignore = () => undefined;
    try { ${expression}; } catch ({ code, message, advice }) { console.log([code, message, advice].join('|')); }`;
  const result = await runNode(await textWords(script), { env: { FAKE_MISSING: library, ...env }, preload });
  assert.equal(result.status, 0, transcript(result));
  return result.stdout.trim();
}

describe('without', () => {
  it('libinput there is no input', async () => {
    const said = await without('libinput.so.10', 'openInput({ addon: native, onEvent: ignore, onFault: ignore })');
    assert.match(said, /^ERR_LIBRARY_MISSING\|libinput cannot be loaded.*\|Install .*libinput/);
  });

  it('libxkbcommon there is no keyboard', async () => {
    const said = await without('libxkbcommon.so.0', 'openKeyboard(native)');
    assert.match(said, /^ERR_LIBRARY_MISSING\|libxkbcommon cannot be loaded.*\|Install .*libxkbcommon/);
  });

  it('libseat there is no seat', async () => {
    const find = "(await import('./src/session/index.ts')).findSession(native, 'libseat')";
    const said = await without('libseat.so.1', find, { LIBSEAT_BACKEND: 'noop' });
    assert.match(said, /^ERR_LIBRARY_MISSING\|libseat cannot be loaded.*\|Install .*(libseat|seatd)/);
  });

  it("xkbcommon's data there is none either, and the package is named", async () => {
    const said = await without('', 'openKeyboard(native)', { XKB_CONFIG_ROOT: '/nonexistent', HOME: '/nonexistent' });
    assert.match(said, /^ERR_KEYMAP\|The default keymap does not compile.*\|Install .*(xkb-data|xkeyboard-config)/);
  });

  it('a libwayland-server that is new enough there is no kiosk, and that is what it says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guesthead-old-'));
    try {
      // One that has nothing of what was added since.
      execFileSync('cc', ['-shared', '-o', join(folder, 'libwayland-server.so.0'), '-xc', '/dev/null']);
      const open = "new (await import('./src/wayland/index.ts')).WaylandServer(native)";
      const said = await without('', open, { LD_LIBRARY_PATH: folder });
      assert.match(said, /^ERR_LIBRARY_MISSING\|.*undefined symbol.*\|it is older than 1\.20: .*libwayland-server0/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
