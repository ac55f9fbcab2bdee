/** Where clients find a kiosk: names that are taken are passed over, what a dead one has left is not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openSocket, runtimeFolder } from '../../src/kiosk/index.js';
import { WireClient } from '../support/wayland-client.js';
import { KioskRig } from './support/kiosk-rig.js';

let folder: string;
let rigs: KioskRig[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guesthead-socket-'));
  rigs = [];
});
afterEach(async () => {
  for (const rig of rigs) await rig.close();
  rmSync(folder, { recursive: true });
});

async function opened(): Promise<string> {
  const rig = await KioskRig.open();
  rigs.push(rig);
  return openSocket(rig.kiosk, folder);
}

describe('a kiosk’s socket', () => {
  it('has the next name where another compositor has the first', async () => {
    assert.deepEqual([await opened(), await opened()], ['wayland-0', 'wayland-1']);
    for (const name of ['wayland-0', 'wayland-1']) (await WireClient.connect(join(folder, name))).close();
  });

  it('takes the place of one that a dead compositor has left', async () => {
    const path = join(folder, 'wayland-0');
    const dead = createServer().listen(path);
    await once(dead, 'listening');
    writeFileSync(`${path}.lock`, '');
    assert.equal(await opened(), 'wayland-0');
    (await WireClient.connect(path)).close();
    await new Promise((resolve) => dead.close(resolve));
  });

  it('is refused in a folder that is none, with the errno', async () => {
    const rig = await KioskRig.open();
    rigs.push(rig);
    assert.throws(() => openSocket(rig.kiosk, join(folder, 'none')), { code: 'ERR_SYSTEM', message: /ENOENT/ });
  });

  it('is in a private folder where the user has none, which goes with it', () => {
    for (const given of [undefined, '', 'relative', join(folder, 'none')]) {
      const made = runtimeFolder(undefined, given ?? '');
      assert.equal(statSync(made.path).mode & 0o777, 0o700);
      made.close();
      assert.equal(statSync(made.path, { throwIfNoEntry: false }), undefined);
    }
    const own = runtimeFolder(undefined, folder);
    own.close();
    assert.ok(statSync(own.path).isDirectory(), 'the user’s own stays');
  });
});
