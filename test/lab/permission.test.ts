/**
 * What a run may do without capabilities, and what it must not do to others that have none; what the whole guest, root in it,
 * may do to the host's files.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../../src/lab/index.js';
import type { SeatReport } from './guest/seat.js';
import { packageRoot } from '../../src/package-root.js';
import type { HeadsResult } from '../../src/report/index.js';
import { buildErrnoInjector, buildMasterThief, buildOpenWatch, ErrnoInjector } from '../support/fault-tools.js';
import { screenOf, script, startBystander, startRun, startWatched, untilFlipping } from '../support/lab.js';

let lab: Lab;
let openWatch: string;
let thief: string;
let injectorLibrary: string;
/** The display's primary node. */
let card: string;
/** On the host, and outside the current folder. */
let elsewhere: string;

before(async () => {
  openWatch = await buildOpenWatch();
  thief = await buildMasterThief();
  injectorLibrary = await buildErrnoInjector();
  elsewhere = mkdtempSync(join(tmpdir(), 'guesthead-test-'));
  mkdirSync(join(elsewhere, 'named'));
  lab = await Lab.boot({ size: { width: 1280, height: 720 }, writable: [join(elsewhere, 'named')] });
  await shell('chgrp video /dev/dri/* && chmod 660 /dev/dri/card* /dev/dri/renderD*'); // as udev does
  card = await shell('basename /sys/bus/virtio/drivers/virtio_gpu/virtio*/../drm/card*');
});
after(async () => {
  await lab.close();
  rmSync(elsewhere, { recursive: true });
});

async function shell(text: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', text]);
  assert.equal(status, 0, `${text}: ${stderr}`);
  return stdout.trim();
}

/** The nodes that are opened, by whomever, while `act` runs; each once. */
async function openedDuring(act: () => Promise<unknown>): Promise<string[]> {
  const { job, lines } = startWatched(lab, [openWatch, '/dev/dri']);
  await lines.until(/watching\n/);
  await act();
  job.input(Buffer.alloc(0));
  const all = await lines.until(/watching\n[^]*done\n/);
  await job.done;
  const nodes = all.split('\n').filter((name) => /^(card|renderD)\d+$/.test(name));
  return [...new Set(nodes)].sort();
}

describe('who opens a primary node that nobody has open is DRM master by that: a compositor may be starting', () => {
  it('listing the devices opens none', async () => {
    const opened = await openedDuring(async () => {
      const { stdout, status } = await lab.run(script('examples/list-devices.ts'));
      assert.equal(status, 0);
      assert.match(stdout, /virtio_gpu at .*\nvgem/);
    });
    assert.deepEqual(opened, []);
  });

  it('the watch does see who opens one', async () => {
    assert.deepEqual(await openedDuring(() => shell(`: < /dev/dri/${card}`)), [card]);
  });

  it('a run whose display does not exist opens none', async () => {
    const opened = await openedDuring(async () => {
      const { stderr } = await lab.run(['node', 'dist/cli/main.cjs', 'run', '--display', 'i915', '--frames', '1']);
      assert.match(stderr, /ERR_NO_DEVICE/);
    });
    assert.deepEqual(opened, []);
  });
});

/** The example unit's user, groups and capabilities. */
const unit = readFileSync(join(packageRoot, 'examples/systemd/guesthead.service'), 'utf8');
const asUnit = [
  ...['setpriv', '--reuid=65534', '--regid=65534', '--groups=video'],
  ...['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'],
];
/** What the unit tells to write into its configuration file. */
const configuration = /echo '(\{.*\})'/.exec(unit)?.[1] ?? assert.fail('the unit tells of no configuration');

/** Another process opens the display, and is its master by that, until the returned function ends it. */
async function holdDisplay(): Promise<() => Promise<void>> {
  const { job, lines } = startWatched(lab, ['sh', '-c', `exec 3<>/dev/dri/${card}; echo held; cat`]);
  await lines.until(/held/);
  return async () => {
    job.input(Buffer.alloc(0));
    await job.done;
  };
}

describe('without a capability, as the example unit', () => {
  it('runs as a user without any', () => {
    for (const line of ['DynamicUser=yes', 'SupplementaryGroups=video render', 'CapabilityBoundingSet='])
      assert.ok(unit.includes(`\n${line}\n`), line);
  });

  it('waits while another process is DRM master, and flips once that has gone', async () => {
    await shell(`echo '${configuration}' > /run/guesthead.json`);
    const endHolding = await holdDisplay();
    const words = ['run', '--config', '/run/guesthead.json', '--frames', '30', '--json'];
    const { job, lines } = startWatched(lab, ['timeout', '60', ...asUnit, 'node', 'dist/cli/main.cjs', ...words]);
    await lines.until(/waiting: .*DRM master/);
    await endHolding();
    const result = JSON.parse(await lines.until(/^\{.*\}$/m)) as HeadsResult;
    await job.done;
    assert.deepEqual(
      result.heads.map(({ frames }) => frames),
      [30],
    );
    assert.doesNotMatch(result.heads.flatMap(({ reasons }) => reasons).join(), /ERR_/);
  });

  it('takes the display again that it lost in mid-run', async () => {
    const { job, ended } = await startRun(lab, [], {}, asUnit);
    const taken = startWatched(lab, [thief, await shell('pgrep -of "main.cjs run"'), '2']);
    await taken.lines.until(/gave it back/);
    await taken.job.done;
    await untilFlipping(lab, '1280x720');
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual(
      result.faults.map(({ code }) => code).filter((code) => code !== 'ERR_HOST_PAUSED'),
      ['ERR_NOT_MASTER'],
    );
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });
});

describe('where the kernel will not give master back', () => {
  it('says so once, beside that master was lost, and flips on where it changes its mind', async () => {
    const injector = new ErrnoInjector(lab, injectorLibrary, 'master');
    await injector.inject('EACCES 2 SET_MASTER'); // as kernels before 5.8 do
    const { job, ended } = await startRun(lab, [], injector.env);
    const taken = startWatched(lab, [thief, await shell('pgrep -of "main.cjs run"'), '2']);
    await taken.lines.until(/gave it back/);
    await taken.job.done;
    await untilFlipping(lab, '1280x720');
    job.kill('SIGINT');
    const { result } = await ended;
    const faults = result.faults.filter(({ code }) => code === 'ERR_NOT_MASTER').map(({ message }) => message);
    assert.equal(faults.length, 2, faults.join());
    assert.match(faults[1] ?? '', /may not become DRM master again .*EACCES/);
    assert.doesNotMatch(result.reasons.join(), /ERR_/);
  });
});

describe('on the descriptors of a session manager', () => {
  it('flips, is paused while another has the display, and resumes with the whole mode', async () => {
    await shell('chmod 600 /dev/dri/card* /dev/dri/renderD*'); // the session can open none itself
    const { job, lines } = startWatched(lab, ['timeout', '60', ...script('test/lab/guest/seat.ts')]);
    await lines.until(/flip done/);
    job.input(Buffer.from('disable\n'));
    await lines.until(/early done/);
    const endBystander = await startBystander(lab);
    assert.match(await screenOf(lab), /1280x768/, 'another picture, in another mode');
    job.input(Buffer.from('enable\n'));
    await lines.until(/resume done/);
    await untilFlipping(lab, '1280x720');
    job.input(Buffer.from('end\n'));
    const report = JSON.parse(await lines.until(/^\{.*\}$/m)) as SeatReport;
    await job.done;
    await endBystander();
    assert.deepEqual(report, {
      whilePaused: 0,
      early: 'ERR_NOT_MASTER',
      capabilities: '0000000000000000',
      faults: [],
      left: ['3', '4'],
      masterAfter: true,
    });
  });
});

describe('what the guest writes', () => {
  it('succeeds anywhere, and is gone with it', async () => {
    const name = `guesthead-test-${process.pid}`;
    const mine = join(elsewhere, 'mine');
    writeFileSync(mine, 'mine');
    const files = [`/etc/${name}`, `/usr/${name}`, `/tmp/${name}`, join(elsewhere, name)];
    for (const file of files) assert.equal(await shell(`echo hi > ${file} && cat ${file}`), 'hi');
    assert.equal(
      await shell(`echo , changed >> ${mine} && cat ${mine} && rm ${mine} && ls ${elsewhere}`),
      `mine, changed\n${name}\nnamed`,
    );
    const left = files.filter((file) => existsSync(file));
    for (const file of left) rmSync(file);
    assert.deepEqual(left, []);
    assert.equal(readFileSync(mine, 'utf8'), 'mine');
  });

  it('is written through in the current folder, and in those that are named', async () => {
    for (const folder of [join(packageRoot, '.lab'), join(elsewhere, 'named')]) {
      const file = join(folder, `through-${process.pid}`);
      await shell(`echo hi > ${file}`);
      assert.equal(readFileSync(file, 'utf8'), 'hi\n');
      rmSync(file);
    }
  });

  it('is refused by the host where it goes past the scratch layer, and so is a look at what is no file', async () => {
    await shell('mkdir -p /run/share && mount -t virtiofs rootfs /run/share');
    for (const folder of ['/etc', '/usr', elsewhere, '/proc', '/run']) {
      const file = `/run/share${folder}/guesthead-test`;
      const { stderr } = await lab.run(['sh', '-c', `mkdir ${file} && rmdir ${file}`]);
      assert.match(stderr, /Read-only file system/, folder);
    }
    assert.equal(await shell('cat /run/share/proc/version /run/share/proc/1/environ 2>/dev/null || echo none'), 'none');
    await shell(`echo hi > /run/share${elsewhere}/named/file`);
    const { stderr } = await lab.run(['mknod', join(elsewhere, 'named/disk'), 'b', '254', '0']);
    assert.match(stderr, /not permitted/, 'a device node on the host');
  });
});
