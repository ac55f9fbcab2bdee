/** A kiosk is tried by a client of the same process: as an update's gate does. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { tryClient, type Trial } from '../../src/kiosk/index.js';
import { KioskRig } from './support/kiosk-rig.js';
import { native } from './support/addon.js';

let rig: KioskRig;
afterEach(() => rig.close());

/** With refreshes until it has ended. */
async function tried(kiosk: { listen(path: string): void }): Promise<Trial | Error> {
  let ended: Trial | Error | undefined;
  void tryClient(kiosk, native).then(
    (trial) => (ended = trial),
    (error: unknown) => (ended = error as Error),
  );
  await rig.flipUntil(() => ended !== undefined);
  return ended ?? assert.fail();
}

describe('the trial of a kiosk', () => {
  it('has what clients are offered, and frames that were shown and given back, the later ones as they are', async () => {
    rig = await KioskRig.open();
    const trial = await tried(rig.kiosk);
    if (trial instanceof Error) throw trial;
    const versions = new Map(trial.globals.map(({ name, version }) => [name, version]));
    assert.deepEqual([versions.get('wl_compositor'), versions.get('xdg_wm_base')], [6, 6]);
    assert.equal(trial.frameMs.length, 5);
    assert.ok(trial.released >= 4);
    assert.ok(rig.kiosk.counts.direct >= 2, JSON.stringify(rig.kiosk.counts));
  });

  it('says what the kiosk refuses', async () => {
    rig = await KioskRig.open();
    const { kiosk } = rig;
    // As one that is broken would: it ends whom it has just taken.
    kiosk.clients$.subscribe((client) => client.destroy());
    const error = await tried(kiosk);
    assert.ok(error instanceof Error && 'code' in error);
    assert.match(error.message, /hung up|EPIPE|ECONNRESET/);
  });

  it('says where no socket can be made', async () => {
    rig = await KioskRig.open();
    const error = await tried({
      listen: () => {
        throw Object.assign(new Error('refused'), { errno: 13 });
      },
    });
    assert.ok(error instanceof Error);
    assert.match(error.message, /^No Wayland socket can be made in .*: EACCES$/);
  });
});
