import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LateAnswers } from '../../../src/kiosk/shell/late-answers.js';
import type { Client } from '../../../src/wayland/index.js';
import { HandClock } from '../../support/loop-rig.js';

let clock: HandClock;
let late: Client[];
let answers: LateAnswers;
const client = {} as unknown as Client;
const window = { client };

beforeEach(() => {
  [clock, late] = [new HandClock(), []];
  answers = new LateAnswers({ onLate: (of) => late.push(of), clock });
});

describe('a window that was told a size', () => {
  it('is late five seconds after the first that it has not agreed to, once', () => {
    answers.asked(window);
    clock.advance(3000);
    answers.asked(window);
    assert.equal(late.length, 0);
    clock.advance(2000);
    clock.advance(60_000);
    assert.deepEqual(late, [client]);
  });

  it('is not once it has agreed, and may be late another time', () => {
    answers.asked(window);
    answers.answered(window);
    clock.advance(5000);
    assert.equal(late.length, 0);
    answers.asked(window);
    clock.advance(5000);
    assert.equal(late.length, 1);
  });

  it('is not told of after the end', () => {
    answers.asked(window);
    answers.close();
    clock.advance(5000);
    assert.equal(late.length, 0);
  });
});
