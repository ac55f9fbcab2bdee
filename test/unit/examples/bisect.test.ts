/** examples/bisect.sh under a real `git bisect run`, with a guesthead that says what the commit's file `state` says. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { packageRoot } from '../../../src/package-root.js';

const script = join(packageRoot, 'examples/bisect.sh');
const folder = mkdtempSync(join(tmpdir(), 'guesthead-bisect-'));
const command = join(folder, 'guesthead');
const log = join(folder, 'calls');
after(() => rmSync(folder, { recursive: true }));

writeFileSync(
  command,
  `#!/bin/sh
echo "$@" >> ${log}
case $(cat state) in
  good) echo 'text'; echo '{"verdict":"pass","host":{"captures":3,"exact":3,"torn":0}}' ;;
  slow) echo '{"verdict":"fail","host":{"captures":3,"exact":3,"torn":0}}'; exit 1 ;;
  wrong) echo '{"verdict":"fail","host":{"captures":3,"exact":2,"torn":1}}'; exit 1 ;;
  refused) echo '{"verdict":"fail","error":{"code":"ERR_IMPORT_REFUSED"}}'; exit 3 ;;
  misused) echo '{"verdict":"fail","error":{"code":"ERR_USAGE"}}'; exit 2 ;;
  panics) echo 'guesthead: ERR_LAB: the guest ended' >&2; exit 1 ;;
  *) echo 'guesthead: ERR_LAB: the guest does not come up' >&2; exit 125 ;;
esac
`,
);
chmodSync(command, 0o755);

const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
const environment = { ...process.env, GUESTHEAD: command, BUILD: 'test "$(cat state)" != unbuildable' };

/** What `git bisect run` calls the first bad commit of a history with these states. */
function firstBad(states: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const tree = mkdtempSync(join(folder, 'tree-'));
  const git = (...args: string[]) =>
    execFileSync('git', [...identity, ...args], { cwd: tree, encoding: 'utf8', env: { ...environment, ...more } });
  git('init', '-q');
  for (const [index, state] of states.entries()) {
    writeFileSync(join(tree, 'state'), state);
    writeFileSync(join(tree, 'number'), String(index));
    git('add', '.');
    git('commit', '-q', '-m', `commit ${index}`);
  }
  git('bisect', 'start', 'HEAD', `HEAD~${states.length - 1}`);
  assert.match(git('bisect', 'run', 'sh', script, '--path', 'export'), /is the first bad commit/);
  return git('log', '-1', '--format=%s', 'refs/bisect/bad').trim();
}

describe('examples/bisect.sh', () => {
  it('finds the commit that shows something else, past those that cannot be built or booted, or are slow', () => {
    const states = ['good', 'slow', 'unbuildable', 'good', 'dead', 'slow', 'wrong', 'wrong', 'dead', 'wrong'];
    assert.equal(firstBad(states), 'commit 6');
  });

  it('takes a buffer that is refused for bad, though guesthead calls it an unsuitable device', () => {
    assert.equal(firstBad(['good', 'misused', 'good', 'refused', 'refused']), 'commit 3');
  });

  it('takes one that panics for bad', () => {
    assert.equal(firstBad(['good', 'good', 'dead', 'good', 'panics', 'panics']), 'commit 4');
  });

  it('finds the first slow one where the whole verdict counts', () => {
    assert.equal(firstBad(['good', 'good', 'slow', 'slow', 'slow'], { VERDICT: 'all' }), 'commit 2');
  });

  it('boots the tree that it is in, and passes options on', () => {
    const { status } = spawnSync('sh', [script, '--path', 'copy'], {
      cwd: folder,
      env: { ...environment, BUILD: 'echo good > state' },
    });
    assert.equal(status, 0);
    const calls = execFileSync('tail', ['-n', '1', log], { encoding: 'utf8' });
    const wanted = 'lab run --kernel . --capture 3 --timeout 300 -- guesthead run --frames 300 --json --path copy\n';
    assert.equal(calls, wanted);
  });
});
