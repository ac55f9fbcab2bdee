import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import type { Head } from '../../../../src/head/index.js';
import { monotonicClock } from '../../../../src/loop/index.js';
import { HeadTelemetry } from '../../../../src/head/telemetry.js';
import { KernelTracing } from '../../../../src/report/trace/kernel-tracing.js';
import { RunTrace } from '../../../../src/report/trace/index.js';
import { writeTrace } from '../../../../src/report/trace/trace-file.js';
import { flipAt } from '../../../support/flips.js';
import { traceFaults, type RawTrace } from '../../../support/trace-format.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-trace-'));
const file = join(folder, 'trace.json');
const tracefs = join(folder, 'tracefs');
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(tracefs, { recursive: true });
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const display = {
  node: '/dev/dri/card0',
  driver: 'virtio_gpu',
  connector: 'Virtual-1',
  head: 0,
  make: null,
  model: null,
};
const monitor = new HeadTelemetry(
  monotonicClock,
  () => display,
  () => 0,
);
const head: Pick<Head, 'id' | 'info'> = {
  id: monitor.id,
  info: {
    path: 'import',
    refused: [],
    render: { node: '/dev/dri/card1', driver: 'vgem', backend: 'drm', standIn: true },
    display,
    mode: { width: 640, height: 480, refreshHz: 60 },
    buffers: 4,
    update: 'flip',
    presentMode: 'fifo',
    deadline: false,
  },
};

/** Flips of the head, the last of them just now. */
function flip(count: number): void {
  const first = Math.floor((monotonicClock.now() * 60) / 1000) - count;
  for (let i = 0; i < count; i++) monitor.flipped(flipAt(first + i));
}

function written(): RawTrace {
  return JSON.parse(readFileSync(file, 'utf8')) as RawTrace;
}

describe('a run’s trace', () => {
  it('is valid, says where it is, and that it is without the kernel’s events, once', () => {
    const said: string[] = [];
    const trace = new RunTrace(file, [head], { tracefs: [tracefs], say: (line) => said.push(line) });
    flip(100);
    assert.ok(!existsSync(file));
    trace.finish([{ verdict: 'fail', reasons: ['slow'] }]);
    trace.finish();
    flip(1);
    assert.deepEqual(traceFaults(written()), []);
    assert.equal(written().traceEvents.filter(({ name }) => name === 'flip').length, 100);
    assert.deepEqual(said.length, 2);
    assert.match(said[0] ?? '', /without the kernel’s events: tracefs is not mounted → mount/);
    assert.equal(said[1], `trace: ${file}`);
    const { heads, kernel } = written().otherData as { heads: { verdict: string }[]; kernel: { absent: string } };
    assert.equal(heads[0]?.verdict, 'fail');
    assert.match(kernel.absent, /not mounted/);
  });

  it('takes the place of what was there before, behind a link too', () => {
    const link = join(folder, 'link.json');
    writeFileSync(file, 'old');
    symlinkSync(file, link);
    new RunTrace(link, [head], { tracefs: [tracefs], say: () => undefined }).finish();
    assert.deepEqual(traceFaults(written()), []);
    assert.deepEqual(readdirSync(folder).sort(), ['link.json', 'trace.json', 'tracefs']);
  });

  it('is written whole or not at all', () => {
    writeFileSync(file, 'old');
    const failing = function* () {
      for (let i = 0; i < 10_000; i++) yield { ph: 'i', s: 't', pid: 1, tid: 1, ts: i, name: 'flip' } as const;
      throw new Error('broken off');
    };
    assert.throws(() => {
      writeTrace(file, failing(), () => ({}));
    }, /broken off/);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder).sort(), ['trace.json', 'tracefs']);
  });

  it('is refused beforehand where it cannot be written, without a trace of the try', () => {
    for (const wrong of [join(folder, 'nowhere', 'trace.json'), folder, '/dev/null', join(file, 'below')]) {
      if (wrong.endsWith('below')) writeFileSync(file, 'old');
      assert.throws(
        () => {
          RunTrace.check(wrong);
        },
        { code: 'ERR_USAGE' },
        wrong,
      );
    }
    RunTrace.check(file);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder).sort(), ['trace.json', 'tracefs']);
  });
});

/** A folder that looks like tracefs as far as folders can. */
describe('an instance of the kernel’s tracer', () => {
  const instances = join(tracefs, 'instances');

  it('is removed when it cannot be set up', () => {
    mkdirSync(instances);
    assert.throws(() => KernelTracing.start([join(folder, 'nowhere'), tracefs]), { code: 'ERR_SYSTEM' });
    assert.deepEqual(readdirSync(instances), []);
  });

  it('of a dead process of ours is removed, that of a living one and of others not', () => {
    const kept = [`guesthead-${process.ppid}`, 'guesthead-', 'guesthead-x', 'other'];
    for (const name of [...kept, 'guesthead-4194999', `guesthead-${process.pid}`])
      mkdirSync(join(instances, name), { recursive: true });
    assert.throws(() => KernelTracing.start([tracefs]));
    assert.deepEqual(readdirSync(instances).sort(), kept.sort());
  });
});
