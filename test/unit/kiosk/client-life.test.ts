/** When a client that has ended is started again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GuestheadError } from '../../../src/errors.js';
import { ClientLife, type Trouble } from '../../../src/kiosk/client-life.js';
import type { RestartPolicy } from '../../../src/kiosk/declared.js';
import type { Ended, Launched } from '../../../src/kiosk/launch.js';
import { HandClock } from '../../support/loop-rig.js';

class Rig {
  readonly clock = new HandClock();
  readonly said: string[] = [];
  readonly life: ClientLife;
  #end: (ended: Ended) => void = () => undefined;
  asked = 0;
  result: Ended | undefined;
  readonly troubles: Trouble[] = [];

  constructor(restart: RestartPolicy) {
    const start = () => ({
      end: () => {
        this.asked++;
      },
      ended: new Promise<Ended>((resolve) => (this.#end = resolve)),
    });
    this.life = new ClientLife({
      start,
      restart,
      say: (text) => this.said.push(text),
      onTrouble: (trouble) => this.troubles.push(trouble),
      clock: this.clock,
    });
    void this.life.ended.then((ended) => (this.result = ended));
  }

  /** The one that runs ends, so long after its start. */
  async end(livedMs: number, ended: Partial<Ended> = {}): Promise<void> {
    this.clock.advance(livedMs);
    this.#end({ code: 1, signal: null, ...ended });
    await turn();
  }
}

describe('a client’s life', () => {
  it('is one only, unless it is asked for more', async () => {
    const rig = new Rig('never');
    await rig.end(60_000, { code: 3 });
    assert.deepEqual(rig.result, { code: 3, signal: null });
  });

  it('says why it cannot be started, and what to change, and ends as a shell would have it', async () => {
    const said: string[] = [];
    const start = () => {
      throw new GuestheadError('ERR_SYSTEM', 'There is no memory', { advice: 'give the guest more' });
    };
    const life = new ClientLife({ start, restart: 'never', say: (text) => said.push(text), clock: new HandClock() });
    assert.deepEqual(await life.ended, { code: 126, signal: null });
    assert.deepEqual(said, ['the client cannot be started: There is no memory → give the guest more']);
  });

  it('goes on after a failure, and not after an end as it should be', async () => {
    const rig = new Rig('on-failure');
    await rig.end(60_000, { code: null, signal: 'SIGSEGV' });
    assert.match(rig.said[0] ?? '', /SIGSEGV.*0\.5 s/);
    rig.clock.advance(500);
    assert.equal(rig.life.starts, 2);
    await rig.end(60_000, { code: 0 });
    assert.deepEqual(rig.result, { code: 0, signal: null });
  });

  it('waits longer each time that a client does not come up, and gives up at last', async () => {
    const rig = new Rig('always');
    const pauses: number[] = [];
    for (let failure = 1; failure < 10; failure++) {
      await rig.end(100);
      pauses.push(Number(/again in (.*) s$/.exec(rig.said.at(-1) ?? '')?.[1]));
      rig.clock.advance(30_000);
    }
    assert.deepEqual(pauses, [0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
    await rig.end(100, { code: 7 });
    assert.match(rig.said.at(-1) ?? '', /given up/);
    assert.deepEqual(rig.troubles.at(-1), { ended: { code: 7, signal: null }, failures: 10, pauseMs: undefined });
    assert.deepEqual([rig.result, rig.life.starts], [{ code: 7, signal: null }, 10]);
  });

  it('begins anew with the pauses once a client has come up', async () => {
    const rig = new Rig('always');
    for (const livedMs of [100, 100, 20_000]) {
      await rig.end(livedMs);
      rig.clock.advance(30_000);
    }
    await rig.end(100);
    assert.match(rig.said.at(-1) ?? '', /in 0\.5 s$/);
  });

  it('is told of as trouble from the third failure in a row on, while the next one is waited with', async () => {
    const rig = new Rig('on-failure');
    for (let failure = 1; failure <= 4; failure++) {
      await rig.end(100, { code: failure });
      rig.clock.advance(30_000);
    }
    const ended = (code: number) => ({ code, signal: null });
    assert.deepEqual(rig.troubles, [
      { ended: ended(3), failures: 3, pauseMs: 2000 },
      { ended: ended(4), failures: 4, pauseMs: 4000 },
    ]);
    await rig.end(20_000);
    assert.equal(rig.troubles.length, 2);
  });

  it('goes on where a client cannot be started for once', async () => {
    const said: string[] = [];
    const clock = new HandClock();
    let tries = 0;
    const start = (): Launched => {
      tries++;
      throw new Error('no descriptors are left');
    };
    const life = new ClientLife({ start, restart: 'always', say: (text) => said.push(text), clock });
    await turn();
    assert.match(said[0] ?? '', /cannot be started: no descriptors are left/);
    clock.advance(500);
    assert.equal(tries, 2);
    life.end();
    assert.deepEqual(await life.ended, { code: 126, signal: null });
  });

  it('ends with the one that runs when it is ended, and at once in a pause', async () => {
    const running = new Rig('always');
    running.life.close();
    running.life.close();
    assert.equal(running.asked, 1);
    running.life.end();
    assert.equal(running.asked, 2, 'it is killed then');
    await running.end(100, { code: null, signal: 'SIGTERM' });
    assert.equal(running.result?.signal, 'SIGTERM');
    const pausing = new Rig('always');
    await pausing.end(100, { code: 5 });
    pausing.life.end();
    await turn();
    assert.deepEqual(pausing.result, { code: 5, signal: null });
    pausing.clock.advance(60_000);
    assert.equal(pausing.life.starts, 1);
  });
});
