/** On text that tracefs gave in the lab, Linux 7.2. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { TraceEvent } from '../../../../src/report/trace/events.js';
import { KernelEvents } from '../../../../src/report/trace/kernel-events.js';
import { parseKernelLine } from '../../../../src/report/trace/kernel-line.js';
import { traceFaults, type RawEvent } from '../../../support/trace-format.js';

const recorded = readFileSync(new URL('kernel-trace.txt', import.meta.url), 'utf8').split('\n');

function eventsOf(lines: readonly string[]): TraceEvent[] {
  const kernel = new KernelEvents();
  const events = lines.flatMap((text) => {
    const line = parseKernelLine(text);
    return line === undefined ? [] : [...kernel.take(line)];
  });
  events.push(...kernel.rest());
  const traceEvents = events as readonly object[] as readonly RawEvent[];
  assert.deepEqual(traceFaults({ traceEvents, displayTimeUnit: 'ms' }), []);
  return events;
}

/** Begin and end of what is shown as pairs. */
function pairsOf(
  events: readonly TraceEvent[],
): [name: string, category: string, from: number, to: number, end: unknown][] {
  return events.flatMap((begin) => {
    if (begin.ph !== 'b') return [];
    const end = events.find((event) => event.ph === 'e' && event.id === begin.id);
    return end?.ph === 'e' ? [[begin.name, begin.cat, begin.ts, end.ts, end.args]] : [];
  });
}

const queue = (seqno: number, type: string, at = '1.000001') =>
  ` kworker/0:1-11 [000] ...1. ${at}: virtio_gpu_cmd_queue: vdev=0 vq=0 name=control type=${type} flags=0x0 fence_id=0 ctx_id=0 num_free=63 seqno=${seqno}`;
const response = (seqno: number, type: string, at = '1.000009') =>
  queue(seqno, type, at).replace('cmd_queue', 'cmd_response');

describe('a line of tracefs', () => {
  it('is read into its parts', () => {
    const { fields, ...line } = parseKernelLine(recorded[14] ?? '') ?? assert.fail('not read');
    assert.deepEqual(line, {
      task: 'kworker/0:1',
      taskId: 11,
      cpu: 0,
      ts: 8_864_324,
      event: 'virtio_gpu_cmd_queue',
    });
    assert.deepEqual([fields.get('name'), fields.get('type'), fields.get('seqno')], ['control', '0x105', '47']);
  });

  it('may have no flags, a thread group, blanks in the task’s name and in values', () => {
    const line = parseKernelLine(
      '   Web Content-x-77  (  12) [003]    5.5: dma_fence_emit: driver=a b timeline=ring 0 context=1 seqno=2',
    );
    assert.deepEqual([line?.task, line?.taskId, line?.cpu, line?.ts], ['Web Content-x', 77, 3, 5_500_000]);
    assert.deepEqual([...(line?.fields.values() ?? [])], ['a b', 'ring 0', '1', '2']);
  });

  it('is nothing where it is a comment, a gap or empty', () => {
    for (const text of ['', '# tracer: nop', 'CPU:0 [LOST 123 EVENTS]', 'nonsense'])
      assert.equal(parseKernelLine(text), undefined);
  });
});

describe('the kernel’s events', () => {
  const events = eventsOf(recorded);

  it('are on tracks of a process of their own', () => {
    const named = events.flatMap((event) =>
      event.ph === 'M' && event.name.endsWith('_name') ? [event.args['name']] : [],
    );
    assert.deepEqual(named, [
      'kernel',
      'vblank crtc 0',
      'virtio_gpu 0 control',
      'dma_fence',
      'waits of kworker/0:1 (11)',
    ]);
  });

  it('pair commands with their responses and fences with their signals', () => {
    assert.deepEqual(pairsOf(events), [
      ['TRANSFER_TO_HOST_2D', 'virtio_gpu 0 control', 8_864_324, 8_865_417, { response: 'OK' }],
      ['RESOURCE_FLUSH', 'virtio_gpu 0 control', 8_864_549, 8_865_437, { response: 'OK' }],
      ['virtio_gpu controlq', 'dma_fence', 8_864_489, 8_865_510, { signalled: true }],
    ]);
  });

  it('show who waited for a fence, and the vblanks', () => {
    const wait = events.find(({ name }) => name === 'wait for a fence');
    assert.deepEqual([wait?.ph === 'X' && wait.dur, wait?.args?.['seqno']], [14_680, 21]);
    const vblanks = events.flatMap((event) => (event.name === 'drm_vblank_event' ? [event.args?.['seq']] : []));
    assert.deepEqual(vblanks, [253, 255, 256, 257, 258, 259, 260, 261, 262, 263]);
    const delivered = events.find(({ name }) => name === 'drm_vblank_event_delivered');
    assert.ok(delivered?.ph === 'i' && delivered.ts === 8_888_312);
  });

  it('name a response that is an error, also where its command is not known', () => {
    const refused = eventsOf([queue(1, '0x10d'), response(1, '0x1200'), response(2, '0x1100')]);
    assert.deepEqual(
      pairsOf(refused).map(([name, , , , end]) => [name, end]),
      [['SET_SCANOUT_BLOB', { response: 'ERR_UNSPEC' }]],
    );
    const instants = refused.flatMap((event) => (event.ph === 'i' ? [event.name] : []));
    assert.deepEqual(instants, ['SET_SCANOUT_BLOB: ERR_UNSPEC', 'response OK']);
  });

  it('end with the trace where they have no end', () => {
    const open = eventsOf([
      queue(1, '0x104'),
      ' x-1 [000] ..... 2.0: dma_fence_wait_start: driver=d timeline=t context=1 seqno=1',
    ]);
    assert.deepEqual(pairsOf(open), [
      ['RESOURCE_FLUSH', 'virtio_gpu 0 control', 1_000_001, 2_000_000, { unfinished: true }],
    ]);
  });

  it('take a fence that is given up for one that did not signal, and a number of its own for each turn', () => {
    const fence = (event: string, at: string) =>
      ` x-1 [000] ..... ${at}: dma_fence_${event}: driver=vgem timeline=unbound context=9 seqno=1`;
    const twice = eventsOf([
      fence('init', '1.0'),
      fence('destroy', '2.0'),
      fence('init', '3.0'),
      fence('signaled', '4.0'),
      fence('destroy', '5.0'),
    ]);
    assert.deepEqual(
      pairsOf(twice).map(([, , from, to, end]) => [from, to, end]),
      [
        [1_000_000, 2_000_000, { signalled: false }],
        [3_000_000, 4_000_000, { signalled: true }],
      ],
    );
  });
});
