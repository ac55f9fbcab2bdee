/** Scenes that GL draws, compared with what pixman makes of them: Mesa's software renderer draws, and a fake display shows it. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it, mock } from 'node:test';
import { kioskObservers } from '../../src/cli/kiosk-observers.js';
import type { RenderMemory } from '../../src/buffer/index.js';
import { Gl, type GlDmabuf, type GlPicture, type Scene } from '../../src/gl/index.js';
import type { KioskOptions } from '../../src/kiosk/index.js';
import type { Frame } from '../../src/loop/index.js';
import { GpuFigures } from '../../src/report/kiosk/index.js';
import type { FakeKernel } from '../../src/testing/index.js';
import { embedded } from '../support/report.js';
import { hasSoftwareGl } from '../support/software-gl.js';
import { native, sanitized } from './support/addon.js';
import { KioskRig, type Window } from './support/kiosk-rig.js';

/** GL knows none of the fake display's memory: it draws beside it, and what it drew is copied there. */
class GlBeside {
  opened = 0;
  /** What the next drawing fails with. */
  failure: Error | undefined;
  failed = 0;
  readonly scenes: Scene[] = [];
  readonly #targets = new Map<RenderMemory, GlPicture>();

  readonly open = async (kernel: FakeKernel): Promise<Gl> => {
    this.opened++;
    const gl = await Gl.open({ native });
    const compose = gl.compose.bind(gl);
    return Object.assign(gl, {
      compose: (frame: Frame, scene: Scene) => this.#compose(gl, compose, frame, scene),
      importDmabuf: async ({ planes: [plane], width, height }: GlDmabuf) => {
        const picture = await gl.createPicture(width, height);
        picture.pixels.set(kernel.pixelsOf(plane?.fd ?? -1) ?? []);
        return picture;
      },
    });
  };

  async #compose(gl: Gl, compose: Gl['compose'], frame: Frame, scene: Scene) {
    const failure = this.failure;
    if (failure !== undefined) {
      this.failed++;
      throw failure;
    }
    const known = this.#targets.get(frame.memory);
    const target = known ?? (await gl.createOffscreen(frame.width, frame.height));
    this.#targets.set(frame.memory, target);
    this.scenes.push(scene);
    // What the CPU drew in the display's memory is not in the one beside it.
    const drawn = await compose(target, known === undefined ? { ...scene, damage: undefined } : scene);
    drawn.fence?.close();
    const bytes = await gl.readPixels(target, 0, 0, frame.width, frame.height);
    const [{ pixels }, view] = [frame, new DataView(bytes.buffer, bytes.byteOffset)];
    for (let at = 0; at < frame.width * frame.height; at++) {
      pixels[at] = view.getUint32(4 * at) >>> 8; // red, green, blue, alpha
    }
    return { fence: undefined, fenceKind: drawn.fenceKind };
  }
}

const open: { rig: KioskRig; window: Window }[] = [];

afterEach(async () => {
  for (const { rig, window } of open.splice(0)) {
    window.close();
    await rig.close();
    assert.equal(rig.kernel.held().mappings, 0);
  }
});

async function kiosk(options: KioskOptions, gl?: GlBeside): Promise<{ rig: KioskRig; window: Window }> {
  const rig = await KioskRig.open(options, [], gl?.open);
  const opened = { rig, window: await rig.open() };
  open.push(opened);
  return opened;
}

const rgb = (pixels: Uint32Array | undefined) => pixels?.map((pixel) => pixel & 0xffffff) ?? new Uint32Array();

async function shown(
  { rig, window }: { rig: KioskRig; window: Window },
  buffer: number,
  damage?: readonly number[],
): Promise<Uint32Array> {
  const callback = window.show(buffer, damage);
  await rig.flipUntil(() => window.client.eventsOf(callback).length > 0);
  return rgb(rig.pixels());
}

/** Colours that tell every pixel from its neighbours, some of them seen through. */
const coloured = (x: number, y: number) => {
  const alpha = (x + y) % 3 === 0 ? 0x80 : 0xff;
  const channel = (value: number) => Math.floor(((value % 256) * alpha) / 255);
  return ((alpha << 24) | (channel(x * 7) << 16) | (channel(y * 11) << 8) | channel(x * y)) >>> 0;
};

/** One below, and one on it of the other kind of memory, turned, with an alpha. */
function scene({ rig, window }: { rig: KioskRig; window: Window }, transform: number): number {
  const { client } = window;
  const [width, height] = window.ack();
  const surface = client.request(client.bind('wl_compositor'), 'create_surface');
  const subsurface = client.request(client.bind('wl_subcompositor'), 'get_subsurface', surface, window.surface);
  client.request(subsurface, 'set_position', 40, 24);
  const size = [48, 32] as const;
  const fd = rig.kernel.createDmabuf(size[0] * size[1] * 4);
  rig.kernel.pixelsOf(fd)?.forEach((_, at, all) => (all[at] = coloured(at % size[0], Math.floor(at / size[0]))));
  const params = client.request(client.bind('zwp_linux_dmabuf_v1'), 'create_params');
  client.requestWith([fd], params, 'add', 0, 0, size[0] * 4, 0, 0);
  closeSync(fd);
  client.request(surface, 'set_buffer_transform', transform);
  client.request(surface, 'attach', client.request(params, 'create_immed', ...size, 0x34325241, 0), 0, 0);
  client.request(surface, 'commit');
  return window.buffer(width, height, (x, y) => (x * 3 + y * 5) & 0xffffff);
}

/** The greatest difference of a channel. */
function difference(one: Uint32Array, other: Uint32Array): number {
  assert.equal(one.length, other.length);
  let most = 0;
  for (let at = 0; at < one.length; at++)
    for (const shift of [0, 8, 16])
      most = Math.max(most, Math.abs((((one[at] ?? 0) >> shift) & 0xff) - (((other[at] ?? 0) >> shift) & 0xff)));
  return most;
}

describe('several surfaces', { skip: sanitized ? 'Mesa is only slow there' : hasSoftwareGl() }, () => {
  for (const [name, options] of [
    ['one turned and mirrored', [5, {}]],
    ['one turned', [1, {}]],
    ['a head turned, and one on it the other way', [3, { transform: 1 }]],
    ['a head mirrored and turned', [0, { transform: 7 }]],
  ] as const)
    it(`are drawn by GL as by pixman: ${name}`, async () => {
      const [transform, look] = options;
      const gl = new GlBeside();
      const byCpu = await kiosk({ ...look, draw: 'cpu' }, gl);
      const expected = await shown(byCpu, scene(byCpu, transform));
      assert.equal(gl.opened, 0);
      const byGpu = await kiosk({ ...look, draw: 'gl' }, gl);
      const buffer = scene(byGpu, transform);
      let found = await shown(byGpu, buffer);
      while (byGpu.rig.kiosk.counts.byGpu < 2) found = await shown(byGpu, buffer);
      assert.ok(difference(found, expected) <= 1, `${difference(found, expected)}`); // each rounds for itself
      assert.equal(gl.opened, 1);
    });

  it('of which one changes are drawn where it did, and no more of its memory is copied than that one', async () => {
    const gl = new GlBeside();
    const byGpu = await kiosk({ draw: 'gl' }, gl);
    const buffer = scene(byGpu, 0);
    const { rig, window } = byGpu;
    const corner = [0, 0, 4, 4] as const;
    await shown(byGpu, buffer);
    while (rig.kiosk.counts.byGpu < 8) await shown(byGpu, buffer, corner);
    const { bytesCopied } = rig.kiosk.counts;
    const { width, height } = rig.head.info.mode;
    const pixels = await shown(byGpu, window.buffer(width, height, 0x123456), corner);
    assert.deepEqual(gl.scenes.at(-1)?.damage, [{ x: 0, y: 0, width: 4, height: 4 }]);
    assert.equal(rig.kiosk.counts.bytesCopied - bytesCopied, width * height * 4);
    assert.deepEqual([pixels[0], pixels[4]], [0x123456, 12]);
  });

  it('that GL draws are told of: by what, how long that took, in a track of the trace and a part of the page', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guesthead-gpu-'));
    const said = mock.method(process.stderr, 'write', () => true);
    try {
      const [report, trace] = [join(folder, 'kiosk.html'), join(folder, 'kiosk.json')];
      const observers = await kioskObservers({ report, trace });
      const byGpu = await kiosk({ draw: 'gl' }, new GlBeside());
      const { rig } = byGpu;
      const figures = new GpuFigures(rig.kiosk, native);
      observers.begin(rig.kiosk, []);
      assert.equal(figures.result(), null);
      const buffer = scene(byGpu, 0);
      while (rig.kiosk.counts.byGpu < 4) await shown(byGpu, buffer);
      const told = figures.result() ?? assert.fail('the GPU drew');
      assert.match(told.renderer, /llvmpipe|softpipe/);
      for (const times of [told.drawMs, told.queueMs, told.renderFenceMs, told.glStallMs])
        assert.ok(times !== null && times.max > 0, JSON.stringify(told));
      assert.deepEqual(await observers.end('it was enough'), []);
      const page = readFileSync(report, 'utf8');
      assert.match(page, /class="gpu"/);
      const { drawings, renderFences } = embedded(page).gpu ?? assert.fail('no GPU in the page');
      assert.ok(drawings.drawUs.length >= 4 && renderFences.us.length >= 4, JSON.stringify(drawings));
      const written = readFileSync(trace, 'utf8');
      for (const track of ['GL thread', 'render fences']) assert.ok(written.includes(`"name":"${track}"`), track);
      await observers.close();
      figures.stop();
    } finally {
      said.mock.restore();
      rmSync(folder, { recursive: true });
    }
  });

  it('are pixman’s where GL would draw on the processor, too', async () => {
    const gl = new GlBeside();
    const opened = await kiosk({}, gl);
    const buffer = scene(opened, 0);
    for (let times = 0; times < 4 || gl.opened === 0; times++) await shown(opened, buffer);
    assert.deepEqual([gl.opened, opened.rig.kiosk.counts.byGpu], [1, 0]);
  });

  it('that GL does not draw after all, the CPU does, from then on', async () => {
    const gl = new GlBeside();
    const expecting = await kiosk({ draw: 'cpu' }, gl);
    const expected = await shown(expecting, scene(expecting, 0));
    gl.failure = new Error('the GPU does not take the head’s memory');
    const failing = await kiosk({ draw: 'gl' }, gl);
    const buffer = scene(failing, 0);
    for (let times = 0; times < 4; times++) assert.deepEqual(await shown(failing, buffer), expected);
    while (gl.failed === 0) await shown(failing, buffer);
    gl.failure = undefined;
    for (let times = 0; times < 4; times++) await shown(failing, buffer);
    assert.deepEqual([gl.opened, failing.rig.kiosk.counts.byGpu], [1, 0]);
  });
});

describe('one buffer in memory that fills the head', () => {
  it('never opens GL', async () => {
    const gl = new GlBeside();
    const opened = await kiosk({ draw: 'gl' }, gl);
    const size = opened.window.ack();
    const buffers = [opened.window.buffer(...size, 0x111111), opened.window.buffer(...size, 0x222222)];
    for (let times = 0; times < 6; times++) await shown(opened, buffers[times % 2] ?? 0);
    assert.equal(gl.opened, 0);
  });
});
