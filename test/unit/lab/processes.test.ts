/** What the lab starts beside itself, in a session that was put behind the others. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const hasSessions = existsSync('/proc/self/autogroup');

/** A session of its own, which steps back and starts a child; that says whether it comes as far back. */
const program = `
  import { once } from 'node:events';
  import { writeFileSync } from 'node:fs';
  import { startChild } from './src/lab/processes.ts';
  writeFileSync('/proc/self/autogroup', '7');
  const child = startChild(['sh', '-c', 'until grep -q "nice 7$" /proc/self/autogroup; do sleep 0.05; done; echo behind >&2']);
  await once(child.process, 'close');
  console.log(child.errors());`;

describe('a child of the lab', () => {
  it('is as patient as the session that starts it', { skip: !hasSessions && 'needs CONFIG_SCHED_AUTOGROUP' }, () => {
    const words = ['setsid', '--wait', process.execPath, '--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout, stderr } = spawnSync('timeout', ['30', ...words], { cwd: packageRoot, encoding: 'utf8' });
    assert.equal(stdout.trim(), 'behind', stderr);
  });
});
