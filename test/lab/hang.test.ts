/** A guest that hangs, as far as its host can tell: its first process is frozen. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';

const hangTimeout = 12;
/** The first process and with it the agent, though the kernel is well: it cannot be had to hang. */
const hang = `mount -t cgroup2 none /run/tmp && mkdir /run/tmp/frozen && cd /run/tmp/frozen
  echo 1 > cgroup.procs && echo 1 > cgroup.freeze
  sleep 1000`;

let lab: Lab;
before(async () => {
  lab = await Lab.boot({ hangTimeout });
});
after(async () => {
  await lab.close();
});

describe('a guest that hangs', () => {
  it('is not one that is paused for longer', async () => {
    await lab.qmp.execute('stop');
    const command = lab.run(['echo', 'on']);
    await new Promise((resolve) => setTimeout(resolve, (hangTimeout + 2) * 1000));
    await lab.qmp.execute('cont');
    assert.equal((await command).stdout, 'on\n');
  });

  it('has its commands fail, with what the kernel says of where it was', async () => {
    await assert.rejects(lab.run(['sh', '-c', hang]), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'ERR_LAB');
      assert.match(error.message, new RegExp(`^The guest hangs: it has given no sign of life for ${hangTimeout} s\n`));
      assert.match(error.message, /Kernel panic - not syncing: NMI/);
      return true;
    });
    assert.throws(() => lab.start(['true']), { code: 'ERR_LAB' });
  });
});
