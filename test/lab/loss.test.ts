/** How a display is lost, on the real driver: by an unbind, and not by what only looks like one. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { OpenHeadOptions } from '../../src/head/index.js';
import { buildErrnoInjector, ErrnoInjector } from '../support/fault-tools.js';
import { Flipper } from '../support/flipper.js';
import { lastJson, script } from '../support/lab.js';
import type { LastClose } from './guest/last-close.js';

const driver = '/sys/bus/virtio/drivers/virtio_gpu';
const size = { width: 1280, height: 720 };
const buffers = 4;

let lab: Lab;
let injector: ErrnoInjector;
let flipper: Flipper | undefined;
let name = '';
before(async () => {
  const library = await buildErrnoInjector();
  lab = await Lab.boot({ size });
  injector = new ErrnoInjector(lab, library, 'loss');
  name = await shell(`basename $(readlink -f ${driver}/virtio*)`);
});
after(async () => {
  await lab.close();
});
afterEach(async () => {
  flipper?.kill();
  await shell(`test -e ${driver}/${name} || echo ${name} > ${driver}/bind`); // where a test failed in between
});

async function shell(script: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', script]);
  assert.equal(status, 0, `${script}: ${stderr}`);
  return stdout.trim();
}

const unbind = () => shell(`echo ${name} > ${driver}/unbind`);
const bind = () => shell(`echo ${name} > ${driver}/bind`);

/** Processes that keep lost displays; those of earlier tests are there still. */
async function keepers(): Promise<number> {
  const { stdout } = await lab.run(['pgrep', '-fc', '^sleep infinity$']);
  return Number(stdout);
}

async function start(options: OpenHeadOptions, env: Record<string, string> = {}): Promise<Flipper> {
  flipper = await Flipper.start(lab, { path: 'import', buffers, ...options }, env);
  return flipper;
}

/** Until it flips on the display that came back. */
async function rebind(flips: Flipper, losses = 1): Promise<void> {
  await unbind();
  await flips.until('the loss', ({ faults }) => faults['ERR_DEVICE_LOST'] === losses);
  await bind();
  await flips.flipsOn();
}

/** By itself, with every descriptor closed. */
async function ends(flips: Flipper): Promise<void> {
  const { status, closed, unopened } = await flips.end();
  assert.equal(status, 0);
  assert.equal(closed.framebuffers, unopened.framebuffers);
}

describe('a display that is unbound under a head with', () => {
  it('a cursor: the stream errors once, and nothing throws past it', async () => {
    const flips = await start({});
    await flips.cursor();
    await flips.flipsOn();
    await unbind();
    const { ended } = await flips.until('the end', (status) => status.ended !== null);
    assert.equal(ended, 'ERR_DEVICE_LOST');
    await bind();
    await ends(flips);
  });

  it('a cursor, and is to be reopened: it flips on, and has a cursor again when asked', async () => {
    const flips = await start({ reopen: true });
    await flips.cursor();
    await flips.flipsOn();
    await rebind(flips);
    await flips.cursor();
    const { faults, ended } = await flips.flipsOn();
    assert.deepEqual([faults, ended], [{ ERR_DEVICE_LOST: 1 }, null]);
    await ends(flips);
  });

  it('a caller’s buffers: it is parked, flips on where it is to be reopened, and the process ends', async () => {
    const before = await keepers();
    const flips = await start({ reopen: true });
    await flips.import();
    await flips.flipsOn();
    await rebind(flips);
    assert.equal(await keepers(), before + 1);
    const { faults } = await flips.status();
    assert.deepEqual(faults, { ERR_DEVICE_LOST: 1 });
    await ends(flips);
  });
});

describe('a display that is said to be gone and is there:', () => {
  let before = 0;
  beforeEach(async () => {
    before = await keepers();
  });

  async function untouched(flips: Flipper, faults: Record<string, number>): Promise<void> {
    const { faults: told, ended } = await flips.flipsOn(undefined, 150); // longer than it is looked at
    assert.deepEqual([told, ended], [faults, null]);
    assert.equal(await keepers(), before);
    await ends(flips);
  }

  for (const reopen of [false, true])
    it(`by a uevent that somebody had the kernel repeat${reopen ? ', with reopen' : ''}`, async () => {
      const flips = await start({ reopen });
      await shell('for card in /sys/class/drm/card?; do echo remove > $card/uevent; done');
      await untouched(flips, {});
    });

  it('by the errno of one commit', async () => {
    const flips = await start({}, injector.env);
    await injector.inject('ENODEV 1');
    await flips.flipsOn();
    const refused = (await injector.calls()).filter(({ injected }) => injected);
    assert.equal(refused.length, 1, 'the commit was refused');
    await untouched(flips, {});
  });
});

describe('a display that is bound anew again and again', () => {
  const rebinds = 6;
  /** Of some ten thousand: a frame or a promise under way. A lost display that is not forgotten is hundreds. */
  const fewObjects = 20;

  /** What there is more of after each rebind. */
  async function growth(path: 'import' | 'export') {
    const flips = await start({ path, reopen: true });
    const before = await keepers();
    const counts = [(await flips.held()).held];
    let atFirst = 0;
    for (let losses = 1; losses <= rebinds; losses++) {
      await rebind(flips, losses);
      counts.push((await flips.held()).held);
      if (losses === 1) atFirst = await flips.objects(); // the first loss makes some that stay, such as a loaded module
    }
    const objects = (await flips.objects()) - atFirst;
    assert.ok(objects < fewObjects, `${objects} objects more than after the first`);
    const kept = (await keepers()) - before;
    await ends(flips);
    const more = (of: 'fds' | 'dmabufs' | 'framebuffers' | 'gemHandles') =>
      counts.slice(1).map((count, index) => (count[of] ?? 0) - (counts[index]?.[of] ?? 0));
    return { kept, fds: more('fds'), dmabufs: more('dmabufs'), framebuffers: more('framebuffers') };
  }
  const each = (count: number) => Array.from({ length: rebinds }, () => count);

  it('costs a descriptor and the lost buffers’ memory each time, which the kernel hangs on, and one process for all', async () => {
    const { kept, ...grown } = await growth('import');
    assert.deepEqual(grown, { fds: each(1), dmabufs: each(buffers), framebuffers: each(0) });
    assert.equal(kept, 1);
  });

  it('costs nothing where the buffers were the display’s own', async () => {
    const { kept, ...grown } = await growth('export');
    assert.deepEqual(grown, { fds: each(0), dmabufs: each(0), framebuffers: each(0) });
    assert.equal(kept, 0);
  });
});

/** The last in this guest: what hangs in the kernel hangs until it ends, and with it who opens the display afterwards. */
describe('the last close of an unbound virtio-gpu’s node', () => {
  let seen: LastClose[] = [];
  before(async () => {
    seen = lastJson<LastClose[]>(await lab.run(['timeout', '100', ...script('test/lab/guest/last-close.ts')]));
  });
  const of = (kind: string) => seen.find((close) => close.kind === kind) ?? assert.fail(kind);

  it('finds an ioctl answered with ENODEV before, which is what a loss is verified by', () => {
    for (const kind of ['imported', 'own']) assert.deepEqual(of(kind).said.slice(0, 2), ['there', 'gone']);
  });

  it('hangs with framebuffers of imported memory, where nothing but parking helps, or no longer does', (test) => {
    const { said, stack } = of('imported');
    if (said.length === 3) test.diagnostic('this kernel does not hang: src/gpus/loss.ts may park less');
    else assert.ok(stack.includes('virtio_gpu_detach_object_fenced'), stack.join());
  });

  it('returns with the display’s own, which need no parking', () => {
    assert.deepEqual(of('own'), { kind: 'own', said: ['there', 'gone', 'closed'], stack: [] });
  });
});
