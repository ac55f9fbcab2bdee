/** The caller's own dma-bufs, and the climb back to a better buffer path, on the real driver. One guest, one script. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { buildErrnoInjector, ErrnoInjector } from '../support/fault-tools.js';
import { allExact, lastJson, script } from '../support/lab.js';
import type { showClientBuffers } from './guest/client-buffers.js';
import type { drawByGpu } from './guest/gpu-udmabuf.js';
import type { climbBack } from './guest/upgrade.js';

/** What test/lab/guest/paths.ts prints. */
interface Seen {
  readonly clientBuffers: Awaited<ReturnType<typeof showClientBuffers>>;
  readonly upgrade: Awaited<ReturnType<typeof climbBack>>;
  readonly gpu: Awaited<ReturnType<typeof drawByGpu>>;
}

let lab: Lab;
let seen: Seen;
before(async () => {
  const library = await buildErrnoInjector();
  lab = await Lab.boot();
  const { env } = new ErrnoInjector(lab, library, 'paths');
  seen = lastJson<Seen>(await lab.run(script('test/lab/guest/paths.ts'), { env }));
});
after(async () => {
  await lab.close();
});

describe('a dma-buf of the caller’s', () => {
  it('is imported once, whichever descriptor it comes by, with a handle for each', () => {
    const { imported, shown } = seen.clientBuffers;
    assert.deepEqual([imported, shown.handles], [1, 2]);
  });

  it('is on the screen, exactly, when draw returned it', () => {
    assert.equal(seen.clientBuffers.shown.onScreen, 'exact');
  });

  it('is released once for each present, after its successor’s flip and not after its own', () => {
    const { early, released, events } = seen.clientBuffers.shown;
    assert.deepEqual({ early, released }, { early: 0, released: [true, true] });
    assert.deepEqual(events, ['flip', 'flip', 'flip', 'released first', 'released second']);
  });

  it('stays on the screen when its last import is closed, and goes with its successor', () => {
    const { closed } = seen.clientBuffers;
    const handles = { byOne: [true, false], byBoth: true };
    assert.deepEqual(closed, { ...handles, onScreen: 'exact', whileShown: 1, early: 0, replaced: 0 });
  });

  it('of ARGB8888 is shown as if it were opaque', () => {
    assert.equal(seen.clientBuffers.transparent, 'exact');
  });

  it('that cannot be scanned out is refused with the reason', () => {
    const { narrow, short, unknown, small, released } = seen.clientBuffers.refused;
    assert.match(narrow, /ERR_UNSUPPORTED.*the stride holds a row.*stride 5116/);
    assert.match(short, /ERR_UNSUPPORTED.*the memory holds all rows/);
    assert.match(small, /ERR_DRAW.*640x480 does not fill the mode/);
    assert.match(unknown, /ERR_UNSUPPORTED.*layout of the buffer is unknown/);
    assert.equal(released, 0, 'it was never presented');
  });

  it('leaves nothing behind, though the stream ended with one closed on the screen', () => {
    assert.ok(seen.clientBuffers.before.framebuffers >= 4);
    assert.deepEqual(seen.clientBuffers.after, seen.clientBuffers.before);
  });
});

describe('a display that refuses foreign buffers for a while', () => {
  it('is flipped by the export path, with the refusals kept', () => {
    const refused = ['import', 'udmabuf'].map((path) => [path, 'ERR_IMPORT_REFUSED']);
    assert.deepEqual(seen.upgrade.first, { path: 'export', refused });
  });

  it('keeps that path where an upgrade is refused again', () => {
    assert.equal(seen.upgrade.refusedAgain, 'export');
  });

  it('is flipped by the import path after an upgrade, and shows it', () => {
    const { upgraded, last, host, unlike } = seen.upgrade;
    assert.equal(upgraded, 'import');
    assert.deepEqual(last, { path: 'import', refused: [] });
    assert.deepEqual(host, allExact(1), unlike.join());
  });

  it('has no black frame in between: two modesets, both with the CRTC on', () => {
    assert.deepEqual(seen.upgrade.active, [1, 1]);
  });

  it('flips frames of rising numbers throughout, and holds four buffers at each time', () => {
    const { frames, held } = seen.upgrade;
    assert.ok(frames.length >= 45);
    assert.deepEqual(
      frames.filter((frame, index) => index > 0 && frame <= (frames[index - 1] ?? 0)),
      [],
    );
    assert.deepEqual(held, [held[0], held[0], held[0]]);
  });
});

describe('ordinary memory for a GPU that draws', () => {
  it('is imported into the render GPU and flipped', () => {
    assert.deepEqual(seen.gpu, { path: 'udmabuf', buffers: 4, frame: 14 });
  });
});
