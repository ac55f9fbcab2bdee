/** The hardware cursor on the real driver, by what the kernel says of its planes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import { lastJson, script } from '../support/lab.js';

interface Step {
  readonly step: string;
  readonly cursor: { readonly fb: number; readonly position: string };
  readonly primary: number;
}

interface Report {
  readonly steps: readonly Step[];
  readonly loop: { readonly flips: number; readonly refused: readonly number[]; readonly lastPosition: string };
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
}

let lab: Lab;
let report: Report;
before(async () => {
  lab = await Lab.boot({ size: { width: 1280, height: 720 } });
  report = lastJson<Report>(await lab.run(script('test/lab/guest/cursor.ts')));
});
after(async () => {
  await lab.close();
});

function at(name: string): Step {
  return report.steps.find(({ step }) => step === name) ?? assert.fail(`no step '${name}'`);
}

describe('the hardware cursor on virtio-gpu', () => {
  it('is shown with its hotspot where it was put, and moved, over the edge too', () => {
    for (const hidden of ['opened', 'moved']) assert.equal(at(hidden).cursor.fb, 0, hidden);
    assert.ok(at('shown').cursor.fb > 0);
    assert.equal(at('shown').cursor.position, '64x64+97+46');
    assert.equal(at('moved out').cursor.position, '64x64-3-4');
    assert.equal(at('moved out').cursor.fb, at('shown').cursor.fb, 'moving keeps the picture');
  });

  it('gets a new picture, is hidden, and shown again', () => {
    assert.ok(at('other image').cursor.fb > 0);
    assert.notEqual(at('other image').cursor.fb, at('shown').cursor.fb);
    assert.equal(at('other image').cursor.position, '64x64+0+0');
    assert.equal(at('hidden').cursor.fb, 0);
    assert.ok(at('shown again').cursor.fb > 0);
  });

  it('waits for a flip under way', () => {
    assert.equal(at('moved during a flip').cursor.position, '64x64+0+0');
    assert.equal(at('after the flip').cursor.position, '64x64+7+8');
  });

  it('never changes what the primary plane shows', () => {
    const [first] = report.steps;
    const changes = report.steps.filter(({ step }) => step !== 'closed');
    assert.equal(changes.length, 9);
    assert.ok((first?.primary ?? 0) > 0);
    for (const { step, primary } of changes) assert.equal(primary, first?.primary, step);
  });

  it('lets no flip of a loop be refused, however often it changes', () => {
    assert.deepEqual(report.loop, { flips: 60, refused: [], lastPosition: '64x64+200+100' });
  });

  it('is gone after close, and nothing it held is left', () => {
    assert.equal(at('closed').cursor.fb, 0);
    for (const kind of ['fds', 'framebuffers', 'dmabufs']) assert.ok((report.before[kind] ?? 0) > 0, kind);
    assert.deepEqual(report.after, report.before);
  });
});
