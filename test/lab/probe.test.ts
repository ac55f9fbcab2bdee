/** `guesthead probe` on the real driver: each verdict right, each JSON as its schema says, the screen as it was. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Lab } from '../../src/lab/index.js';
import type { ProbeReport } from '../../src/probe/index.js';
import { packageRoot } from '../../src/package-root.js';
import { lastJson, script, startRun, startBystander, screenOf, untilFlipping } from '../support/lab.js';
import { allClosed, allDrawn, allWell } from '../support/probe-outcomes.js';
import { checkOf, statuses, validReport } from '../support/probe-schema.js';

const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

interface Probed {
  readonly report: ProbeReport;
  readonly status: number | null;
}

/** Without GL, for the time that it takes, but where a test is about it. */
function probed(lab: Lab, words: readonly string[] = [], user: readonly string[] = []): Promise<Probed> {
  return probedWithGl(lab, ['--gl', 'skip', ...words], user);
}

async function probedWithGl(lab: Lab, words: readonly string[], user: readonly string[] = []): Promise<Probed> {
  const run = await lab.run([...user, 'node', 'dist/cli/main.cjs', 'probe', '--json', ...words]);
  return { report: validReport(lastJson(run)), status: run.status };
}

/** Without what depends on the point release of the lab's kernel. */
function outcomes(report: ProbeReport): Partial<ReturnType<typeof statuses>> {
  return without(statuses(report), 'system.fixes');
}

function without<T extends object>(all: T, ...ids: string[]): Partial<T> {
  return Object.fromEntries(Object.entries(all).filter(([id]) => !ids.includes(id))) as Partial<T>;
}

describe('a probe on a host that takes foreign buffers', () => {
  let lab: Lab;
  let endBystander: () => Promise<void>;
  let shown: string;

  /** What is there, read right. */
  function assertFacts(report: ProbeReport): void {
    const [display, gpu] = report.devices;
    assert.deepEqual([display?.driver, gpu?.driver, report.devices.length], ['virtio_gpu', 'vgem', 2]);
    assert.ok(display?.virtio);
    const { features3d, blob, hostVisible, capsets } = display.virtio;
    assert.deepEqual([features3d, blob, hostVisible, capsets], [false, true, false, 0]);
    const { kms, atomic, dumb, primeImport, modifiers, asyncFlip, cursor } = display.capabilities!;
    assert.deepEqual([kms, atomic, dumb, primeImport, modifiers, asyncFlip], [true, true, true, true, false, false]);
    assert.deepEqual(cursor, { width: 64, height: 64 });
    assert.deepEqual([gpu?.capabilities?.kms, gpu?.capabilities?.primeExport], [false, true]);
    const [head] = display.heads;
    assert.deepEqual([head?.connector, head?.status], ['Virtual-1', 'connected']);
    assert.ok(['QEMU Monitor', null].includes(head?.model ?? null), 'null without libdisplay-info');
    const best = head?.modes.find(({ preferred }) => preferred);
    assert.deepEqual([best?.width, best?.height, Math.round(best?.refreshHz ?? 0)], [1920, 1080, 75]);
    assert.equal(report.machine.kernel, lab.kernel.release);
    assert.equal(report.redacted, false);
    assert.match(checkOf(report, 'virtio-gpu.debugfs').found, /blob resources yes/);
    assert.match(checkOf(report, 'libraries.libdrm').found, /^libdrm\.so\.2\.\d+/);
  }

  before(async () => {
    lab = await Lab.boot({ size: { width: 1920, height: 1080 } });
    endBystander = await startBystander(lab);
    shown = await screenOf(lab);
  });
  after(async () => {
    await endBystander();
    await lab.close();
  });

  it('finds all well, as root, and leaves the screen alone', async () => {
    const { report, status } = await probed(lab);
    assert.deepEqual(outcomes(report), allWell);
    assert.equal(status, 0);
    assert.deepEqual([report.verdict.status, report.verdict.path, report.verdict.refused], ['ok', 'import', []]);
    assert.match(report.verdict.text, /takes import, the best/);
    assert.equal(await screenOf(lab), shown);
    assertFacts(report);
  });

  it('flips in earnest where it is asked to, and gives the screen back', async () => {
    const { report, status } = await probed(lab, ['--flip']);
    assert.deepEqual(outcomes(report), { ...allWell, 'trials.flip': 'ok' });
    assert.match(checkOf(report, 'trials.flip').found, /^import: flip event after [\d.]+ ms, its flush fence/);
    assert.deepEqual([status, report.verdict.path], [0, 'import']);
    assert.equal(await screenOf(lab), shown);
  });

  it('has the GPU draw and flip, and finds that the display waits for the fence on a frame’s dma-buf', async () => {
    const { report, status } = await probedWithGl(lab, ['--flip']);
    for (const id of ['trials.draw', 'trials.gl-flip'])
      assert.equal(checkOf(report, id).status, 'ok', checkOf(report, id).found);
    const { nativeFence, renderer, node, implicitFence, formats } = report.gl ?? assert.fail('no GL');
    const expected = { ...allDrawn(nativeFence), 'trials.flip': 'ok', 'trials.gl-flip': 'ok', 'trials.implicit': 'ok' };
    assert.deepEqual(without(outcomes(report), 'gl.robustness'), expected);
    assert.match(renderer, /^llvmpipe/);
    assert.deepEqual([node, implicitFence, formats], ['/dev/dri/card1', false, ['XRGB8888']]);
    assert.match(checkOf(report, 'trials.draw').found, /the CPU reads the very pixels/);
    const [fences, implicit] = ['trials.fences', 'trials.implicit'].map((id) => checkOf(report, id).found);
    assert.match(fences ?? '', nativeFence ? /native fence: it had signalled when it came/ : /native fence: none/);
    assert.match(fences ?? '', /implicit fence: none on the dma-buf, while the GPU drew on for/);
    assert.match(
      implicit ?? '',
      /the display waits: a fence of vgem, which stands in.*the flip came [\d.]+ ms after it$/,
    );
    assert.equal(status, 0);
    assert.equal(await screenOf(lab), shown);
  });

  it('says that nothing can be drawn into on vgem’s render node, and goes on', async () => {
    const { report } = await probedWithGl(lab, ['--render', '/dev/dri/renderD129']);
    const { status, advice } = checkOf(report, 'trials.draw');
    assert.notEqual(status, 'ok');
    assert.ok(advice ?? report.gl === null);
    assert.equal(statuses(report)['trials.fences'], 'unknown');
    assert.equal(checkOf(report, 'trials.paths').status, 'ok');
  });

  it('says to an ordinary user what is closed, and by which group it opens', async () => {
    const { report, status } = await probedWithGl(lab, ['--redact'], asNobody);
    assert.deepEqual(outcomes(report), { ...without(allWell, 'trials.placement', 'trials.rows'), ...allClosed });
    assert.deepEqual([status, report.verdict.status, report.verdict.path], [3, 'no', null]);
    assert.match(report.verdict.text, /ERR_PERMISSION.*video/);
    const { root, user, host } = report.machine;
    assert.deepEqual([report.redacted, root, user, host], [true, false, 'user-1', 'host-1']);
    assert.ok(!JSON.stringify(report).includes('nobody'));
  });

  it('is enough for a user with the render node alone to tell the two nodes apart', async () => {
    await lab.run(['sh', '-c', 'chmod 666 /dev/dri/renderD128 /dev/dri/card1 /dev/dri/renderD129']);
    const { report, status } = await probed(lab, [], asNobody);
    await lab.run(['sh', '-c', 'chmod 600 /dev/dri/renderD128 /dev/dri/card1 /dev/dri/renderD129']);
    const found = statuses(report);
    assert.deepEqual(found['permissions.node'], ['no', 'ok', 'ok', 'ok']);
    assert.deepEqual([found['trials.export'], found['trials.import']], ['ok', 'no']);
    assert.equal(checkOf(report, 'trials.import').code, 'ERR_PERMISSION');
    assert.deepEqual([found['virtio-gpu.parameters'], report.devices[0]?.virtio?.blob], ['ok', true]);
    assert.equal(status, 3);
  });

  it('leaves the commit open while another process is DRM master, which it names', async () => {
    const { job, ended } = await startRun(lab, ['--pattern', 'none']);
    await untilFlipping(lab); // what the bystander shows is of another size
    const { report, status } = await probed(lab, ['--redact']);
    job.kill('SIGINT');
    const { result } = await ended;
    assert.deepEqual(outcomes(report), {
      ...allWell,
      'permissions.master': 'no',
      'trials.commit': 'unknown',
      'trials.paths': 'unknown',
    });
    assert.match(checkOf(report, 'permissions.master').found, /^DRM master is process-1 \(pid \d+\)$/);
    assert.deepEqual([status, report.verdict.status, report.verdict.path], [3, 'unknown', 'import']);
    assert.match(report.verdict.text, /ERR_NOT_MASTER.*process-1/);
    assert.deepEqual(result.faults, [], 'the flips went on undisturbed');
  });

  it('leaves nothing open', async () => {
    const run = await lab.run(script('test/lab/guest/probe.ts'));
    const {
      before: first,
      after: last,
      verdicts,
    } = lastJson<{ before: object; after: object; verdicts: string[] }>(run);
    assert.deepEqual(verdicts, ['ok', 'ok', 'ok']);
    assert.deepEqual(last, first);
    assert.equal(await screenOf(lab), shown);
  });
});

describe('a probe on a host that refuses foreign buffers', () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ blob: false });
  });
  after(async () => {
    await lab.close();
  });

  const refused = { 'virtio-gpu.blob': 'no', 'trials.import': 'no', 'trials.udmabuf': 'no' } as const;

  it('finds the export path, says why not a better one and what to change', async () => {
    const { report, status } = await probed(lab, ['--flip']);
    assert.deepEqual(outcomes(report), {
      ...without(allWell, 'trials.placement'),
      ...refused,
      'trials.framebuffer': 'unknown',
      'trials.commit': 'unknown',
      'trials.flip': 'ok',
    });
    assert.match(checkOf(report, 'virtio-gpu.blob').advice ?? '', /blob=true/);
    assert.deepEqual([status, report.verdict.status, report.verdict.path], [0, 'ok', 'export']);
    assert.deepEqual(
      report.verdict.refused.map(({ path, code }) => [path, code]),
      [
        ['import', 'ERR_IMPORT_REFUSED'],
        ['udmabuf', 'ERR_IMPORT_REFUSED'],
      ],
    );
    assert.match(checkOf(report, 'trials.flip').found, /^export: flip event/);
  });

  it('tells an ordinary user that blobs are off', async () => {
    const { report, status } = await probed(lab, [], asNobody);
    assert.equal(statuses(report)['virtio-gpu.blob'], 'no');
    assert.deepEqual([status, report.verdict.status], [3, 'no']);
  });
});

describe('a probe on a machine without devices', () => {
  it('exits 3 with a whole report', async () => {
    const { status, stdout } = await new Promise<{ status: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, ['dist/cli/main.cjs', 'probe', '--json'], { cwd: packageRoot }, (error, out) => {
        resolve({ status: error?.code ?? 0, stdout: out });
      });
    });
    const report = validReport(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
    assert.equal(status, 3);
    assert.deepEqual([report.devices, report.verdict.status, report.verdict.path], [[], 'no', null]);
    assert.equal(checkOf(report, 'trials.devices').code, 'ERR_NO_DEVICE');
  });

  it('exits 2 on an option that there is not', async () => {
    const status = await new Promise((resolve) => {
      execFile(process.execPath, ['dist/cli/main.cjs', 'probe', '--flop'], { cwd: packageRoot }, (error) => {
        resolve(error?.code);
      });
    });
    assert.equal(status, 2);
  });
});
