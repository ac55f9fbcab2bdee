import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SampleSchedule } from '../../../src/head/fence-sampling.js';

/** The commits, counted from 0, that are sampled where all that are due are. */
function sampledOf(commits: number): number[] {
  const schedule = new SampleSchedule();
  return Array.from({ length: commits }, (_, commit) => commit).filter(() => {
    const due = schedule.isDue;
    if (due) schedule.countSample();
    schedule.countCommit();
    return due;
  });
}

describe('SampleSchedule', () => {
  const commits = sampledOf(3000);
  const gaps = commits.slice(1).map((commit, index) => commit - (commits[index] ?? 0));

  it('begins with the first commit', () => {
    assert.equal(commits[0], 0);
  });

  it('samples often until there are figures, and seldom from then on', () => {
    assert.equal(
      gaps.findIndex((gap) => gap > (gaps[0] ?? 0)),
      15,
    );
    assert.ok((gaps.at(-1) ?? 0) > 5 * (gaps[0] ?? 0), String(gaps));
  });

  it('meets each of the heads that take turns', () => {
    for (const heads of [2, 3, 4, 16]) assert.equal(new Set(commits.map((commit) => commit % heads)).size, heads);
  });

  it('stays due until a sample was taken', () => {
    const schedule = new SampleSchedule();
    schedule.countCommit();
    assert.ok(schedule.isDue);
    schedule.countSample();
    assert.ok(!schedule.isDue);
  });
});
