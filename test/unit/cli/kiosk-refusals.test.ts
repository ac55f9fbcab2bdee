/** What `guesthead kiosk` is given and cannot use: told at once, with what to do, before any device is looked for. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const command = join(packageRoot, 'dist/cli/main.cjs');
const folder = mkdtempSync(join(tmpdir(), 'guesthead-refusals-'));
after(() => rmSync(folder, { recursive: true }));
const noPicture = join(folder, 'text.png');
writeFileSync(noPicture, 'no picture');

/** There is no such display: what is refused later says that. */
async function kiosk(...words: string[]): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [command, 'kiosk', '--display', 'no-such-driver', ...words], { cwd: folder });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stderr };
}

const client = ['--', 'true'];

describe('guesthead kiosk', () => {
  const refusals: readonly (readonly [what: string, words: string[], status: number, says: RegExp])[] = [
    ['no client', [], 2, /ERR_USAGE: No client is named.*\n.*give it after --/],
    ['a client that is not there', ['--', 'no-such-client'], 127, /ERR_NO_PROGRAM: .*no-such-client.*\n.*install it/],
    ['a file that may not be executed', ['--', noPicture], 127, /ERR_NO_PROGRAM: .*\n.*may be executed/],
    ['a scale that is none', ['--scale', '0', ...client], 2, /no number from 0.25 to 8/],
    ['a background that is none', ['--background', 'red', ...client], 2, /neither last, nor a colour/],
    ['a picture that is not there', ['--background', '/none/x.png', ...client], 2, /ENOENT.*\n.*name a PNG file/],
    ['a file that is no picture', ['--background', noPicture, ...client], 2, /no PNG that can be read.*\n.*convert it/],
    ['a user that there is not', ['--user', 'no-such-user', ...client], 2, /no user no-such-user.*\n.*getent passwd/],
    ['a time that is none', ['--idle', 'soon', ...client], 2, /no number of seconds/],
    ['a file of options that is not there', ['--config', '/none.json', ...client], 2, /ERR_USAGE.*\/none.json.*ENOENT/],
    ['a display that there is not', client, 3, /ERR_NO_DEVICE/],
  ];
  for (const [what, words, status, says] of refusals)
    it(`refuses ${what}`, async () => {
      const ended = await kiosk(...words);
      assert.match(ended.stderr, says);
      assert.equal(ended.status, status);
    });
});
