import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { GpuPair } from '../../../src/gpus/index.js';
import type { DisplayGpu, OpenGpus } from '../../../src/gpus/open-gpus.js';
import type { RenderGpu } from '../../../src/gpus/render-gpu.js';
import { parseGpuOptions } from '../../../src/gpus/options.js';
import { Suspicions } from '../../../src/gpus/loss.js';
import { Owner } from '../../../src/owner.js';
import { FakeNative } from '../../../src/testing/index.js';

const { EIO, ENODEV } = constants.errno;

/** As the kernel refuses to close what a gone device took along. */
function gone(): never {
  throw new GuestheadError('ERR_DEVICE_LOST', 'gone', { errno: ENODEV });
}

/** Two devices that can be unplugged, and whose closers fail then; it records what is done to them. */
class PairRig {
  readonly done: string[] = [];
  readonly unplugged = { display: false, render: false };
  readonly pair: GpuPair;

  constructor({ driver = 'virtio_gpu', hasImported = true, reopen = false } = {}) {
    const display = {
      found: { primary: '/dev/dri/card9' },
      node: { ...this.#node('display'), driver },
      handles: { hasImported },
      owner: this.#owner('display'),
    } as unknown as DisplayGpu;
    const render = { found: {}, node: this.#node('render'), owner: this.#owner('render') } as unknown as RenderGpu;
    const opened: OpenGpus = { native: new FakeNative(), display, render };
    this.pair = Reflect.construct(GpuPair, [parseGpuOptions({ reopen }), opened]) as GpuPair;
    this.pair.changes$.subscribe((change) => this.done.push('role' in change ? `told ${change.role}` : change.kind));
  }

  /** The imports are closed like any other child. */
  import(): void {
    const { clientBuffers } = this.pair;
    clientBuffers.close = () => {
      this.#close('client buffers', 'display');
    };
  }

  taken(): string[] {
    return this.done.splice(0);
  }

  #node(role: 'display' | 'render') {
    return {
      path: `/dev/dri/${role}`,
      isGone: () => this.unplugged[role],
      giveUpMaster: () => {
        this.#close('master', role);
      },
      park: () => this.done.push('parked'),
    };
  }

  #owner(role: 'display' | 'render'): Owner {
    const owner = new Owner();
    for (const name of ['node', 'device'])
      owner.defer(() => {
        this.#close(`${role} ${name}`, role);
      });
    return owner;
  }

  #close(what: string, role: 'display' | 'render'): void {
    this.done.push(what);
    if (this.unplugged[role]) gone();
  }
}

describe('a pair of GPUs', () => {
  it('takes no errno and no uevent for a loss: an ioctl has to say so', () => {
    const rig = new PairRig();
    for (const errno of [ENODEV, EIO])
      assert.equal(rig.pair.lose('display', new GuestheadError('ERR_COMMIT', 'refused', { errno })), false);
    assert.equal(rig.pair.loseWhatIsGone(), false);
    assert.equal(rig.pair.isGone('display'), false);
    assert.deepEqual(rig.taken(), []);
    rig.pair.assertOpen();
    rig.pair.close();
  });

  it('that loses its display tells the heads once, drops master, and closes the rest, whatever refuses to be closed', () => {
    const rig = new PairRig();
    rig.import();
    rig.unplugged.display = true;
    assert.equal(rig.pair.loseWhatIsGone(), true);
    assert.equal(rig.pair.lose('display'), true);
    assert.deepEqual(rig.taken(), [
      'told display',
      'master',
      'client buffers',
      'parked',
      'display device',
      'display node',
    ]);
    assert.throws(() => rig.pair.assertOpen(), { code: 'ERR_DEVICE_LOST', device: '/dev/dri/display' });
    rig.pair.close();
    assert.deepEqual(rig.taken(), ['render device', 'render node']);
  });

  for (const kept of [{ hasImported: false }, { driver: 'bochs-drm' }])
    it(`parks nothing where the kernel would not hang on it: ${JSON.stringify(kept)}`, () => {
      const rig = new PairRig(kept);
      rig.unplugged.display = true;
      rig.pair.lose('display');
      assert.ok(!rig.taken().includes('parked'));
      rig.pair.close();
    });

  it('renews its display like one that was lost, but closes and does not park it; where that would not come back, not at all', () => {
    const fault = new GuestheadError('ERR_SEAT', 'another session');
    const once = new PairRig();
    once.pair.renewDisplay(fault);
    assert.deepEqual(once.taken(), []);
    once.pair.close();
    const rig = new PairRig({ reopen: true });
    rig.import();
    rig.pair.renewDisplay(fault);
    rig.pair.renewDisplay(fault);
    assert.deepEqual(rig.taken(), ['told display', 'client buffers', 'display device', 'display node']);
    assert.throws(() => rig.pair.assertOpen(), { code: 'ERR_DEVICE_LOST' });
    rig.pair.close();
  });

  it('that loses its render GPU keeps the display', () => {
    const rig = new PairRig();
    rig.unplugged.render = true;
    assert.equal(rig.pair.lose('display'), false);
    assert.equal(rig.pair.loseWhatIsGone(), true);
    assert.deepEqual(rig.taken(), ['told render', 'render device', 'render node']);
    rig.pair.close();
    assert.deepEqual(rig.taken(), ['display device', 'display node']);
  });

  it('that is closed while its display is gone, which nobody noticed, does not hang in its last close', () => {
    const rig = new PairRig();
    rig.unplugged.display = true;
    rig.pair.close();
    assert.deepEqual(rig.taken(), [
      'master',
      'parked',
      'display device',
      'display node',
      'render device',
      'render node',
    ]);
    assert.equal(rig.pair.loseWhatIsGone(), false, 'nothing is lost afterwards');
  });
});

describe('a device that a uevent said is gone', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it('and answers still is looked at a few times more, and no longer', () => {
    let looks = 0;
    const suspicions = new Suspicions(() => ++looks > 100);
    suspicions.raise('display');
    assert.equal(looks, 1);
    for (let i = 0; i < 20; i++) mock.timers.tick(1000);
    assert.equal(looks, 4);
  });

  it('is lost as soon as it no longer answers', () => {
    const lost: string[] = [];
    let answers = true;
    const suspicions = new Suspicions((role) => {
      if (!answers) lost.push(role);
      return !answers;
    });
    suspicions.raise('render');
    answers = false;
    for (let i = 0; i < 20; i++) mock.timers.tick(1000);
    assert.deepEqual(lost, ['render']);
  });

  it('is not looked at after close', () => {
    let looks = 0;
    const suspicions = new Suspicions(() => ++looks > 100);
    suspicions.raise('display');
    suspicions.close();
    mock.timers.tick(10_000);
    assert.equal(looks, 1);
  });
});
