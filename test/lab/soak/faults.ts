/** What the soak does to a head that flips. Each fault is over when its promise resolves; that flips go on is checked elsewhere. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../../../src/lab/index.js';
import type { ErrnoInjector } from '../../support/fault-tools.js';
import type { Flipper } from '../../support/flipper.js';
import { randomSize, type HostWindow } from '../../support/host-window.js';
import type { Status } from '../guest/flipper.js';
import type { Random } from '../../support/random.js';

export interface Scene {
  readonly lab: Lab;
  readonly flipper: Flipper;
  readonly window: HostWindow;
  readonly injector: ErrnoInjector;
  /** The path of the program. */
  readonly thief: string;
  readonly random: Random;
  /** Ends a wait of the host's. */
  readonly signal: AbortSignal;
}

/** Resolves with what it did, for people. */
export type Fault = (scene: Scene) => Promise<string>;

export const faults: Readonly<Record<string, Fault>> = {
  async pause({ lab, random, signal }) {
    const ms = random.whole(300, 3000);
    await lab.qmp.execute('stop');
    try {
      await sleep(ms, undefined, { signal });
    } finally {
      await lab.qmp.execute('cont');
    }
    return `the host paused the guest for ${ms} ms`;
  },

  async resize({ window, random, flipper }) {
    const size = randomSize(random);
    await window.set(size);
    await window.settled(flipper);
    return `the host resized the head to ${size.width}x${size.height}`;
  },

  async burst({ window, random, flipper }) {
    const changes = random.whole(3, 8);
    for (let change = 0; change < changes; change++) {
      await window.set(random.chance(0.4) ? undefined : randomSize(random));
      await sleep(random.whole(0, 50));
    }
    await window.set(randomSize(random));
    await window.settled(flipper);
    return `the host resized and closed the head ${changes} times in a row`;
  },

  async replug({ window, random, flipper }) {
    await window.set(undefined);
    await window.settled(flipper);
    await window.set(randomSize(random));
    await window.settled(flipper);
    return 'the host closed the head and opened it again';
  },

  async thief({ lab, flipper, thief, random }) {
    const { pid } = await flipper.status();
    const seconds = String(random.whole(2, 15) / 10);
    const { status, stderr } = await lab.run(['timeout', '30', thief, String(pid), seconds]);
    assert.equal(status, 0, stderr);
    return `another process was DRM master for ${seconds} s`;
  },

  async rebind({ lab, random, signal }) {
    const drivers = '/sys/bus/virtio/drivers/virtio_gpu';
    const name = await shell(lab, `basename $(readlink -f ${drivers}/virtio*)`);
    const ms = random.whole(100, 1000);
    await shell(lab, `echo ${name} > ${drivers}/unbind`);
    await sleep(ms, undefined, { signal });
    await shell(lab, `echo ${name} > ${drivers}/bind`);
    return `virtio-gpu was unbound for ${ms} ms`;
  },

  async errno({ injector, random, flipper }) {
    // What a commit says; EINVAL and ENOSPC step down the ladder, so they come once.
    const errno = random.pick(['EBUSY', 'ENOMEM', 'EINTR', 'EACCES', 'EINVAL', 'ENOSPC']);
    const count = errno === 'EINVAL' || errno === 'ENOSPC' ? 1 : random.whole(1, 5);
    await injector.inject(`${errno} ${count}`);
    await flipper.flipsOn(undefined, 10); // the first of them may have been committed before
    return `${count} commits failed with ${errno}`;
  },

  async refusal({ lab, window, random, flipper }) {
    const refusals = (status: Status) => status.faults['ERR_HOST_REFUSED'] ?? 0;
    const before = refusals(await flipper.status());
    await lab.refuseBuffers(true);
    try {
      await window.set(randomSize(random));
      await window.settled(flipper);
      await flipper.until('the refusal', (status) => refusals(status) > before);
    } finally {
      await lab.refuseBuffers(false);
    }
    return 'the host refused buffers';
  },

  async reader({ flipper, signal }) {
    await flipper.fence();
    await flipper.flipsOn(undefined, 10);
    await sleep(1600, undefined, { signal });
    return 'a reader locked a buffer for 1.5 s';
  },
};

async function shell(lab: Lab, script: string): Promise<string> {
  const { status, stdout, stderr } = await lab.run(['timeout', '60', 'sh', '-c', script]);
  assert.equal(status, 0, `${script}: ${stderr}`);
  return stdout.trim();
}
