/** What wp_linux_drm_syncobj_v1 forbids: each ends its client, of which nothing is kept. */
import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums } from '../../src/wayland/index.js';
import { memoryFile, openDescriptors } from './support/descriptors.js';
import { ExplicitSyncRig, managerName, type SyncClient } from './support/explicit-sync-rig.js';

const { surface_exists, invalid_timeline } = enums[managerName].error;
const { error: errors } = enums.wp_linux_drm_syncobj_surface_v1;

let on: ExplicitSyncRig;
let client: SyncClient;

beforeEach(async () => {
  on = await ExplicitSyncRig.open();
  ({ client } = on);
});

afterEach(() => on.close());

/** Without a buffer. */
const commit = () => client.client.request(client.window.surface, 'commit');
const show = () => client.window.show(client.buffer(0));

function bringNoTimeline(): void {
  const file = memoryFile(1);
  client.client.requestWith([file], client.manager, 'import_timeline');
  closeSync(file);
}

/** With one of the two points set, and not the other. */
const after = (which: 'acquire' | 'release', then: () => unknown) => () => {
  client.set(which, which === 'acquire' ? client.drawn : client.free, 1n);
  then();
};

function setOfNone(which: 'acquire' | 'release'): void {
  const surface = client.client.request(client.client.bind('wl_compositor'), 'create_surface');
  const sync = client.syncOf(surface);
  client.client.request(surface, 'destroy');
  client.set(which, client.drawn, 1n, sync);
}

const rules: readonly [what: string, code: number, breaks: () => void][] = [
  ['a second object of one surface', surface_exists, () => client.syncOf(client.window.surface)],
  ['a timeline that is none', invalid_timeline, bringNoTimeline],
  ['an acquire point of a surface that has gone', errors.no_surface, () => setOfNone('acquire')],
  ['a release point of a surface that has gone', errors.no_surface, () => setOfNone('release')],
  ['an acquire point without a buffer', errors.no_buffer, after('acquire', commit)],
  ['a release point without a buffer', errors.no_buffer, after('release', commit)],
  [
    'points with nothing to be shown',
    errors.no_buffer,
    () => {
      client.client.request(client.window.surface, 'attach', null, 0, 0);
      for (const which of ['acquire', 'release'] as const) client.set(which, client.drawn, 1n);
      commit();
    },
  ],
  ['a buffer without an acquire point', errors.no_acquire_point, after('release', show)],
  ['a buffer without a release point', errors.no_release_point, after('acquire', show)],
  ['a buffer without points', errors.no_acquire_point, show],
  [
    'a buffer in memory',
    errors.unsupported_buffer,
    () => client.commit(client.window.buffer(...client.size, 0), 1n, 1n),
  ],
  [
    'a release point that is not behind its acquire point',
    errors.conflicting_points,
    () => {
      for (const which of ['acquire', 'release'] as const) client.set(which, client.drawn, 3n);
      show();
    },
  ],
];

describe('explicit sync forbids', () => {
  for (const [what, code, breaks] of rules)
    it(what, async () => {
      await client.client.roundtrip();
      const before = openDescriptors();
      breaks();
      await client.client.end();
      assert.equal(client.client.error?.code, code, client.client.error?.text);
      await on.rig.flipUntil(() => openDescriptors() < before && on.syncobjs.held().handles === 0);
    });

  it('but not one timeline for both, nor commits with neither buffer nor points', async () => {
    client.drawn = client.free;
    client.commit(client.buffer(0x11), 3n, 4n);
    commit();
    client.free.syncobj.signal(3n);
    await on.seen(0x11);
    assert.equal(client.client.error, undefined);
  });
});
