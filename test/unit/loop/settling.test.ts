/** Whatever happens, each present ends once, its fence is closed once, and its buffer is released once and not too early. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Rig } from '../../support/loop-rig.js';
import { clientBuffer, Presenting, type Told } from '../../support/presenting.js';

const { EBUSY, ENOMEM, EACCES, EINVAL } = constants.errno;

type Step =
  | { readonly do: 'frame' | 'flip' | 'restart' | 'wait' | 'stop' | 'lose' | 'end' }
  | { readonly do: 'client' | 'hold' | 'signal'; readonly which: number }
  | { readonly do: 'refuse'; readonly errno: number };

const which = fc.nat(5);
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>({ do: 'frame' }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('client' as const), which: fc.nat(2) }) },
    { weight: 8, arbitrary: fc.constant<Step>({ do: 'flip' }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('hold' as const, 'signal' as const), which }) },
    { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'restart' }, { do: 'wait' }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('refuse' as const), errno: fc.constantFrom(EBUSY, ENOMEM, EACCES) }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Step>({ do: 'stop' }, { do: 'lose' }, { do: 'end' }, { do: 'refuse', errno: EINVAL }),
    },
  ),
  { maxLength: 60 },
);

/** A host that reads what is queued, on the screen, or held after it was replaced; and the presents of each. */
class Machine {
  readonly rig = new Rig();
  readonly run = new Presenting(this.rig);
  readonly #buffers = [clientBuffer(), clientBuffer(), clientBuffer()];
  #queued: Told | undefined;
  #current: Told[] = [];
  readonly #draining: Told[][] = [];
  readonly #read = new Set<Told>();
  #over = false;

  constructor() {
    this.rig.events$.subscribe((event) => {
      if (event.kind === 'fence') this.#letGo(event.slot);
    });
    this.run.onRelease = (told) => {
      assert.ok(this.#over || !this.#read.has(told), `${told.name} was released while the host had it`);
    };
  }

  step(step: Step): void {
    if (this.#over) return;
    if (step.do === 'frame') this.#live(() => this.run.frame(`frame ${this.run.all.length}`));
    else if (step.do === 'client') this.#live(() => this.#client(step.which));
    else if (step.do === 'hold') this.rig.native.held.add(step.which);
    else if (step.do === 'signal') this.rig.signal(step.which);
    else if (step.do === 'refuse') this.rig.native.errnos.push(step.errno);
    else if (step.do === 'wait') this.run.clock.advance(300);
    else if (step.do === 'restart') this.#live(() => this.run.restart());
    else if (step.do === 'stop') this.run.presenter.stop();
    else if (step.do === 'flip') this.#flip();
    else this.#end(step.do);
    this.#lookAtQueue();
  }

  finish(): void {
    if (!this.#over && !this.run.presenter.stopped) this.#showAll();
    if (!this.#over) this.#end('end');
    const { all, log } = this.run;
    for (const { name, outcomes, released } of all) {
      assert.equal(outcomes.length, 1, `${name} has ${outcomes.length} outcomes\n${log.join('\n')}`);
      assert.equal(released, 1, `${name} was released ${released} times\n${log.join('\n')}`);
      assert.ok(log.indexOf(`${name}: released`) > log.findIndex((line) => line.startsWith(`${name}: `)), name);
    }
    const closed = [...this.rig.fences.closed].sort((a, b) => a - b);
    assert.deepEqual(
      closed,
      Array.from({ length: closed.length }, (_, index) => 100 + index),
      'each fence once',
    );
    assert.ok(closed.length >= all.length);
    assert.deepEqual(
      this.rig.faults.filter(({ code }) => code === 'ERR_CALLBACK'),
      [],
    );
  }

  /** Everything is committed, replaced and read to its end; then a frame of our own is on the screen. */
  #showAll(): void {
    this.rig.native.errnos.length = 0;
    this.rig.native.held.clear();
    for (let slot = 0; slot < 8; slot++) this.rig.signal(slot);
    this.run.clock.advance(300);
    this.#lookAtQueue();
    for (let i = 0; i < 3; i++) this.#flip();
    const last = this.run.frame('last');
    this.#lookAtQueue();
    for (let i = 0; i < 2; i++) this.#flip();
    const waiting = this.run.all.filter((told) => told !== last && (told.released === 0 || told.outcomes.length === 0));
    assert.deepEqual(
      waiting.map(({ name }) => name),
      [],
      this.run.log.join('\n'),
    );
    assert.deepEqual([last?.outcomes.length, last?.released], [1, 0]);
  }

  #live(act: () => unknown): void {
    if (!this.run.presenter.stopped) act();
  }

  #client(which: number): void {
    const buffer = this.#buffers[which];
    if (buffer !== undefined) this.run.client(`client ${which} in ${this.run.all.length}`, buffer);
  }

  #flip(): void {
    const shown = this.#queued;
    this.#queued = undefined;
    if (shown !== undefined) this.#replaceBy(shown);
    this.rig.flip();
    this.#lookAtQueue();
  }

  /** By its flip; the same buffer shown again is read as before. */
  #replaceBy(shown: Told): void {
    if (this.#current[0]?.slot === shown.slot) this.#current.push(shown);
    else {
      if (this.#current.length > 0) this.#draining.push(this.#current);
      this.#current = [shown];
    }
  }

  /** Of the readers of a slot, the one that has waited longest. */
  #letGo(slot: number): void {
    const at = this.#draining.findIndex(([first]) => first?.slot === slot);
    const done = at < 0 ? [] : (this.#draining.splice(at, 1)[0] ?? []);
    for (const told of done) this.#read.delete(told);
  }

  #lookAtQueue(): void {
    const { queued } = this.rig.ahead;
    if (queued === undefined || this.#queued?.frame === queued.frame) return;
    this.#queued = this.run.all.find(({ frame }) => frame === queued.frame);
    if (this.#queued !== undefined) this.#read.add(this.#queued);
  }

  #end(how: 'lose' | 'end'): void {
    this.#over = true;
    if (how === 'lose' && !this.run.presenter.stopped) this.rig.lose();
    else this.run.end();
  }
}

describe('a present', () => {
  it('is settled once, released once and after the host, its fence closed once, whatever happens', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const machine = new Machine();
        for (const step of sequence) machine.step(step);
        machine.finish();
      }),
      { numRuns: 1000 },
    );
  });
});
