/** The validator itself: what it must find in broken traces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { traceFaults, type RawEvent } from '../../../support/trace-format.js';

const names: RawEvent[] = [
  { ph: 'M', pid: 1, tid: 0, name: 'process_name', args: { name: 'head' } },
  { ph: 'M', pid: 1, tid: 0, name: 'process_sort_index', args: { sort_index: 1 } },
  { ph: 'M', pid: 1, tid: 7, name: 'thread_name', args: { name: 'draws' } },
  { ph: 'M', pid: 1, tid: 7, name: 'thread_sort_index', args: { sort_index: 1 } },
];
const at = { pid: 1, tid: 7 };
const slice = { ph: 'X', ...at, ts: 100, dur: 10, name: 'draw' };
const begin = { ph: 'b', ...at, ts: 100, name: 'flush', cat: 'ring', id: '0x1' };
const end = { ...begin, ph: 'e', ts: 110 };
const start = { ph: 's', ...at, ts: 100, name: 'frame', cat: 'frame', id: 5 };
const step = { ...start, ph: 't', ts: 105 };
const finish = { ...start, ph: 'f', ts: 109, bp: 'e' };

function faultsOf(...events: RawEvent[]): string[] {
  return traceFaults({ traceEvents: [...names, ...events], displayTimeUnit: 'ms' });
}

describe('the trace validator', () => {
  it('takes a valid trace', () => {
    const inner = { ...slice, ts: 102, dur: 3 };
    const next = { ...slice, ts: 110 };
    const instant = { ph: 'i', ...at, ts: 1, name: 'flip', s: 't' };
    const counter = { ph: 'C', pid: 1, tid: 0, ts: 1, name: 'free', args: { free: 3 } };
    assert.deepEqual(faultsOf(slice, inner, next, begin, end, start, step, finish, instant, counter), []);
  });

  const broken: [what: string, fault: RegExp, ...events: RawEvent[]][] = [
    ['an unknown phase', /unknown phase Q/, { ...slice, ph: 'Q' }],
    ['a field left out', /\(X\): no dur/, { ...slice, dur: undefined }],
    ['a time that is no whole number', /ts is no whole/, { ...slice, ts: 1.5 }],
    ['a duration below zero', /dur is no whole/, { ...slice, dur: -1 }],
    ['a time that is not a number', /ts is no whole/, { ...slice, ts: NaN }],
    ['a counter of text', /no numbers/, { ph: 'C', ...at, ts: 1, name: 'free', args: { free: '3' } }],
    ['an instant of no scope', /unknown scope/, { ph: 'i', ...at, ts: 1, name: 'flip', s: 'x' }],
    ['a track without a name', /no thread_name 1 8/, { ...slice, tid: 8 }],
    ['a process without a name', /no process_name 2/, { ...slice, pid: 2 }],
    ['a track of two processes', /of two processes/, slice, { ...slice, pid: 2 }],
    ['a name told twice', /told twice/, { ...names[0] }],
    ['slices that overlap', /overlaps draw/, slice, { ...slice, ts: 105 }],
    ['a begin without an end', /does not end/, begin],
    ['an end without a begin', /without having begun/, end],
    ['an end before its begin', /without having begun/, begin, { ...end, ts: 99 }],
    ['two begins of one id', /begins twice/, begin, { ...begin, ts: 101 }, end],
    ['an end of another name', /ends as other/, begin, { ...end, name: 'other' }],
    ['an arrow that does not end', /goes s$/, slice, start],
    ['an arrow that does not start', /goes f$/, slice, finish],
    ['an arrow that goes back in time', /goes fs$/, slice, { ...start, ts: 108 }, { ...finish, ts: 103 }],
    ['an arrow outside a slice', /lies in no slice/, slice, start, { ...finish, ts: 110 }],
    ['an arrow before its slice in the file', /lies in no slice/, start, slice, finish],
  ];
  for (const [what, fault, ...events] of broken)
    it(`finds ${what}`, () => {
      assert.match(faultsOf(...events).join('\n'), fault);
    });

  it('finds a wrong unit and no events at all', () => {
    assert.match(traceFaults({ traceEvents: names, displayTimeUnit: 's' }).join(), /neither ms nor ns/);
    assert.match(traceFaults(JSON.parse('{"traceEvents":{}}') as { traceEvents: [] }).join(), /no list/);
  });
});
