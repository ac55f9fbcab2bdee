import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { toAscii, wantsAscii } from '../../../src/cli/ascii.js';
import { packageRoot } from '../../../src/package-root.js';

describe('a locale', () => {
  it('knows ASCII only where it is C, by the first variable that is set', () => {
    for (const name of ['C', 'POSIX']) assert.equal(wantsAscii({ LANG: name }), true, name);
    for (const name of ['C.UTF-8', 'en_US.UTF-8', 'de_DE.utf8', ''])
      assert.equal(wantsAscii({ LANG: name }), false, name);
    assert.equal(wantsAscii({}), false);
    assert.equal(wantsAscii({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }), true);
    assert.equal(wantsAscii({ LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }), false);
    assert.equal(wantsAscii({ LC_ALL: '', LC_CTYPE: 'C' }), true);
  });
});

describe('text in ASCII', () => {
  it('reads as it did', () => {
    assert.equal(
      toAscii('vgem → virtio_gpu: 1920×1080, QEMU’s own – “µs”…'),
      'vgem -> virtio_gpu: 1920x1080, QEMU\'s own - "us"...',
    );
    assert.equal(toAscii('Größe: ½ 日'), 'Gro?e: 1?2 ?');
    assert.equal(toAscii('plain\n'), 'plain\n');
  });

  it('is the same JSON', () => {
    const value = { make: 'Müller 日本 🖥', list: ['→'] };
    const ascii = toAscii(`${JSON.stringify(value)}\n`);
    assert.match(ascii, /^[\0-\x7f]*$/);
    assert.deepEqual(JSON.parse(ascii), value);
  });

  it('is all that the built command writes with LANG=C', () => {
    const command = join(packageRoot, 'dist/cli/main.cjs');
    for (const args of [
      ['--help'],
      ['run', '--help'],
      ['probe'],
      ['probe', '--json'],
      ['run', '--mode', '×'],
      ['lab', 'config'],
    ])
      for (const [locale, isAscii] of [
        ['C', true],
        ['C.UTF-8', false],
      ] as const) {
        const { stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
          env: { ...process.env, LC_ALL: locale },
        });
        const bytes = Buffer.concat([stdout, stderr]);
        if (isAscii)
          assert.ok(
            bytes.every((byte) => byte < 0x80),
            `${args.join(' ')}: ${bytes.toString()}`,
          );
        else if (args[0] === 'probe')
          assert.ok(
            bytes.some((byte) => byte >= 0x80),
            'or nothing is tested',
          );
      }
  });
});
