/** What is seen where no client is: which words are taken, and which files. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { backdropOf } from '../../../src/cli/kiosk-backdrop.js';
import { backgroundOf } from '../../../src/cli/kiosk-background.js';
import { exitStatus } from '../../../src/cli/failure.js';
import { encodePng } from '../../../src/render/index.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-background-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('a kiosk’s background', () => {
  it('is the last picture, a colour, or a file', () => {
    assert.deepEqual(['202020', '#FFffFF', 'last'].map(backgroundOf), [0x202020, 0xffffff, undefined]);
    assert.deepEqual(['logo.png', '/srv/Logo.PNG'].map(backgroundOf), [
      { file: 'logo.png' },
      { file: '/srv/Logo.PNG' },
    ]);
    for (const word of ['', 'red', '12345', 'logo.jpg'])
      assert.throws(() => backgroundOf(word), /neither last, nor a colour .* nor a file/, word);
  });

  it('is the file’s picture', () => {
    const file = fileOf('logo.png', encodePng({ width: 2, height: 1, rgb: Uint8Array.of(1, 2, 3, 4, 5, 6) }));
    const pixels = Uint32Array.of(0xff010203, 0xff040506);
    assert.deepEqual(backdropOf({ file }), { width: 2, height: 1, pixels });
    assert.deepEqual([backdropOf(0x123456), backdropOf(undefined)], [0x123456, undefined]);
  });

  it('is refused as bad usage where there is no such file, or no picture in it, and the file is named', () => {
    const refusals: readonly (readonly [file: string, why: RegExp])[] = [
      [join(folder, 'none.png'), /cannot be read .*ENOENT/],
      [folder, /cannot be read .*EISDIR/],
      [fileOf('text.png', Buffer.from('no picture')), /no PNG/],
    ];
    for (const [file, why] of refusals)
      assert.throws(
        () => backdropOf({ file }),
        (error: Error & { advice?: string }) => {
          assert.match(error.message, why);
          assert.ok(error.message.includes(file) && error.advice !== undefined);
          return exitStatus(error) === 2;
        },
      );
  });
});
