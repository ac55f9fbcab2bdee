/**
 * Clients in C that do what none should, each beside one that behaves: what each hears of it, that the other one's frames go on,
 * and that nothing of it is left. The rows are KIOSK.md's table "Hostile and broken clients".
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { device } from '../support/seat-rig.js';
import { HostileRig } from './support/hostile-rig.js';

let hostile: HostileRig;
/** While only the client that behaves is there, and all that is made once has been. */
let held: ReturnType<HostileRig['rig']['held']>;

before(async () => {
  hostile = await HostileRig.open();
  hostile.rig.kiosk.input({ kind: 'device', added: true, device });
  hostile.point(0.1, 0.1);
  await hostile.run('destroys');
  held = await hostile.settled();
});

after(() => hostile.close());

/** What it does, and what it says of how that ended. */
type Row = readonly [mode: string, outcome: RegExp];

const noMemory = /^error wl_display 2 .*\nended$/;
const lives = /^lives$/;

const rows: Readonly<Record<string, readonly Row[]>> = {
  'that asks for too much is told so, and ended': [
    ['surfaces', noMemory],
    ['registries', noMemory],
    ['buffers', noMemory],
    ['pools', noMemory],
    ['callbacks', noMemory],
    ['region', noMemory],
  ],
  'that floods the socket is ended, or borne': [
    ['damage', lives],
    ['descriptors', /^ended$/],
    ['trickle', /^(error wl_display .*\n)?ended$/],
    ['syncs', /^(error wl_display .*\n)?ended$/],
  ],
  'whose memory is not what it says is told which rule it broke': [
    ['huge', /^error wl_shm_pool 1 .*\nended$/],
    ['negative', /^error wl_shm_pool 1 .*\nended$/],
    ['no-bytes', /^error wl_shm 1 .*\nended$/],
    ['wide', lives],
    ['short-rows', /^error wl_buffer 1 .*\nended$/],
    ['truncated', /^error wl_buffer 2 .*\nended$/],
    ['lying', /^error wl_buffer 2 .*\nended$/],
    ['sealed', /^error wl_shm 2 .*\nended$/],
    ['shrinking', /^error wl_shm_pool 2 .*\nended$/],
    ['no-file', /^error wl_shm 2 .*\nended$/],
    ['destroys', lives],
    ['crashes', /^$/],
  ],
  'whose surfaces are to be what they cannot is told which rule it broke': [
    ['second-role', /^error xdg_wm_base 0 .*\nended$/],
    ['window-twice', /^error xdg_surface 2 .*\nended$/],
    ['picture-first', /^error xdg_surface 3 .*\nended$/],
    ['no-role', /^error xdg_surface 1 .*\nended$/],
    ['surface-first', /^error wl_surface 4 .*\nended$/],
    ['old-surface-first', lives],
    ['window-first', /^error xdg_surface 6 .*\nended$/],
    ['half-positioner', /^error xdg_wm_base 5 .*\nended$/],
    ['orphan-popup', /^error xdg_wm_base 3 .*\nended$/],
    ['own-popup', /^error xdg_surface 2 .*\nended$/],
    ['subsurface-cycle', /^error wl_subcompositor 1 .*\nended$/],
    ['own-parent', /^error wl_subcompositor 1 .*\nended$/],
    ['stranger-sibling', /^error wl_subsurface 0 .*\nended$/],
    ['parent-cycle', /^error xdg_toplevel 1 .*\nended$/],
    ['deep', lives],
  ],
  'that says what means nothing is told so, where there are words for it': [
    ['transform', /^error wl_surface 1 .*\nended$/],
    ['scale', /^error wl_surface 0 .*\nended$/],
    ['anchor', /^error xdg_positioner 0 .*\nended$/],
    ['edge', /^error xdg_toplevel 0 .*\nended$/],
    ['geometry', /^error xdg_surface 5 .*\nended$/],
    ['serial', /^error xdg_surface 4 .*\nended$/],
    ['viewport', /^error wp_viewport 0 .*\nended$/],
    ['magnified', lives],
    ['zombie', /^error wl_display 1 .*\nended$/],
    ['nobody', /^error wl_display 0 .*\nended$/],
    ['no-request', /^error wl_display 1 .*\nended$/],
    ['wrong-kind', /^error wl_display 1 .*\nended$/],
    ['null-object', /^error wl_display 1 .*\nended$/],
    ['hidden-global', /^error wl_registry 0 .*\nended$/],
    ['version', /^error wl_registry 0 .*\nended$/],
    ['title', lives],
    ['stale-cursor', lives],
  ],
};

for (const [what, those] of Object.entries(rows))
  describe(`a client ${what}`, () => {
    for (const [mode, outcome] of those)
      it(mode, async () => {
        const { frames } = hostile;
        const { said } = await hostile.run(mode);
        assert.match(said.join('\n'), outcome);
        await hostile.until(() => hostile.frames >= frames + 3);
        await hostile.lets(held);
        assert.deepEqual(hostile.faults.splice(0), [], 'nothing of it was a fault of the kiosk');
      });
  });

describe('a kiosk', () => {
  it('tells a client that does not read where the mouse is once a refresh, and keeps it', async () => {
    const sleeper = hostile.start('sleeps');
    await sleeper.has('sleeps');
    for (let refresh = 0; refresh < 50; refresh++) {
      for (let motion = 0; motion < 40; motion++) hostile.point(0.6 + (refresh * 40 + motion) / 1e4, 0.5);
      const { frames } = hostile;
      await hostile.until(() => hostile.frames > frames);
    }
    sleeper.child.stdin.end();
    assert.deepEqual((await sleeper.ended()).said, ['sleeps', 'lives']);
    await hostile.lets(held);
  });

  it('makes a cursor of any size as small as the hardware has it', async () => {
    hostile.point(0.25, 0.5);
    const cursor = hostile.start('large-cursor');
    let [ended, motions] = [false, 0];
    const outcome = cursor.ended().finally(() => (ended = true));
    while (!ended) {
      hostile.point(0.75 + (motions++ % 10) / 1e3, 0.5);
      const { frames } = hostile;
      await hostile.until(() => hostile.frames > frames);
    }
    assert.deepEqual((await outcome).said, ['lives']);
    await hostile.lets(held);
  });

  it('tells of a picture that it fails to draw, and goes on', async () => {
    hostile.rig.paintFailure = new RangeError('a fault of ours');
    await hostile.until(() => hostile.faults.length > 0);
    hostile.rig.paintFailure = undefined;
    assert.match(String(hostile.faults.splice(0)), /a fault of ours/);
    const { frames } = hostile;
    await hostile.run('title');
    await hostile.until(() => hostile.frames >= frames + 3);
    await hostile.lets(held);
    hostile.faults.length = 0;
  });

  it('shows a client that never agrees to its size in the middle of its place', async () => {
    const client = hostile.start('never-acks');
    await client.has('shown');
    const { width, height } = hostile.rig.head.info.mode;
    const at = (x: number, y: number) => hostile.rig.pixels()?.[y * width + x] ?? 0;
    await hostile.until(() => (at(width * 0.75, height / 2) & 0xffffff) === 0x010101);
    assert.equal(at(width * 0.75, 0) & 0xffffff, 0, 'it has not its whole place');
    client.child.stdin.end();
    assert.deepEqual((await client.ended()).said, ['shown', 'lives']);
    await hostile.lets(held);
  });
});
