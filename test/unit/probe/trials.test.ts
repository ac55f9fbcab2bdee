import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { GuestheadError, type ErrorCode } from '../../../src/errors.js';
import type { Bench } from '../../../src/probe/bench.js';
import type { CheckStatus } from '../../../src/probe/report.js';
import { commonAlignment, narrowWidths } from '../../../src/probe/rows.js';
import { runTrials, untried } from '../../../src/probe/trials.js';
import { judge } from '../../../src/probe/verdict.js';
import { FakeBench, filesOf, gpu, intel, virtio } from './machines.js';

const devices = {
  render: { device: gpu('xe'), node: '/dev/dri/renderD129' },
  display: { device: virtio, node: '/dev/dri/card0' },
};

function throwing(code: ErrorCode, message = 'refused'): () => never {
  return () => {
    throw new GuestheadError(code, message, { advice: 'change it' });
  };
}

/** `throwing` for the paths named; the others work. */
function pathsThat(code: ErrorCode, ...paths: string[]): Bench['tryPath'] {
  return async (path) => {
    await Promise.resolve();
    if (paths.includes(path)) throwing(code)();
  };
}

async function tried(answers: Partial<Bench>) {
  const bench = new FakeBench(answers);
  const trials = await runTrials(devices, filesOf({ '/proc/cpuinfo': intel }), () => bench);
  assert.equal(bench.closed, 1);
  const found = Object.fromEntries(trials.checks.map(({ id, status }): [string, CheckStatus] => [id, status]));
  return { trials, found, verdict: judge(trials, devices, undefined) };
}

describe('the trials', () => {
  it('end at the first step that fails, and say so of those after it', async () => {
    const refuse = throwing('ERR_IMPORT_REFUSED');
    const tryPath = pathsThat('ERR_IMPORT_REFUSED', 'import', 'udmabuf');
    const { trials, found, verdict } = await tried({ import: refuse, importUdmabuf: refuse, tryPath });
    assert.deepEqual(found, {
      'trials.allocate': 'ok',
      'trials.export': 'ok',
      'trials.import': 'no',
      'trials.framebuffer': 'unknown',
      'trials.commit': 'unknown',
      'trials.rows': 'ok',
      'trials.udmabuf': 'no',
      'trials.explicit-sync': 'ok',
      'trials.host': 'ok',
      'trials.paths': 'ok',
    });
    assert.equal(trials.checks[4]?.found, 'not tried: trials.import failed');
    assert.deepEqual([verdict.status, verdict.path], ['ok', 'export']);
    assert.match(verdict.text, /takes export.*not import, udmabuf \(ERR_IMPORT_REFUSED: change it\)$/);
  });

  it('leave the commit open where another process is master, and the verdict with it', async () => {
    const message = 'Another process holds the display (DRM master): weston (pid 812)';
    const refuse = throwing('ERR_NOT_MASTER', message);
    const { found, verdict } = await tried({ testCommit: refuse, tryPath: () => Promise.resolve().then(refuse) });
    assert.deepEqual([found['trials.framebuffer'], found['trials.commit']], ['ok', 'unknown']);
    assert.equal(found['trials.paths'], 'unknown');
    assert.deepEqual([verdict.status, verdict.path], ['unknown', 'import']);
    assert.ok(verdict.text.includes(message));
  });

  it('tell a commit that was refused from one that could not be tried', async () => {
    const { found, verdict } = await tried({
      testCommit: throwing('ERR_COMMIT'),
      tryPath: pathsThat('ERR_COMMIT', 'import', 'udmabuf', 'export'),
    });
    assert.equal(found['trials.commit'], 'no');
    assert.deepEqual([verdict.path, verdict.refused.length], ['copy', 3]);
  });

  it('make a system call’s failure a coded one', async () => {
    const failure = Object.assign(new Error('EMFILE'), { errno: -constants.errno.EMFILE, syscall: 'open' });
    const { trials } = await tried({
      allocate: () => {
        throw failure;
      },
    });
    assert.equal(trials.checks[0]?.code, 'ERR_SYSTEM');
    assert.match(trials.checks[0].advice ?? '', /ulimit -n/);
  });

  it('do not call a path good whose buffers stay in VRAM, or which the host refused', async () => {
    const vram = await tried({ sharedMemory: () => new Map([['vram0', 8294400]]) });
    assert.equal(vram.found['trials.placement'], 'no');
    assert.equal(vram.verdict.status, 'no');
    assert.match(vram.verdict.text, /takes import, but .*keeps the imported buffer in vram0/);
    const refusal = {
      command: 0x10c,
      commandName: 'RESOURCE_CREATE_BLOB',
      response: 0x1200,
      responseName: 'ERR_UNSPEC',
    };
    const host = await tried({ hostRefusals: () => Promise.resolve([refusal]) });
    assert.match(host.verdict.text, /RESOURCE_CREATE_BLOB: ERR_UNSPEC/);
    const exported = await tried({
      hostRefusals: () => Promise.resolve([refusal]),
      tryPath: pathsThat('ERR_IMPORT_REFUSED', 'import', 'udmabuf'),
    });
    assert.equal(exported.verdict.status, 'ok', 'a buffer of the display itself does not need them');
  });

  it('say what each side asks of a row, and hold one that a GPU does not take against the path', async () => {
    const rowsOf = ({ trials }: Awaited<ReturnType<typeof tried>>) =>
      trials.checks.find(({ id }) => id === 'trials.rows');
    const well = rowsOf(await tried({}));
    assert.equal(well?.status, 'ok');
    assert.match(
      well.found,
      /^xe makes rows of multiples of 64 bytes and imports any; virtio_gpu makes multiples of 4 /,
    );
    assert.match(well.found, /256 \(AMD, NVIDIA\); a row of 5464 bytes gets 5632$/);
    const odd = { made: 4, taken: 256, shown: 4, width: 5464, stride: 5464 };
    const skewed = rowsOf(await tried({ rows: () => odd }));
    assert.equal(skewed?.status, 'no');
    assert.match(skewed.found, /imports multiples of 256/);
    assert.match(skewed.advice ?? '', /multiple of 64 pixels/);
    assert.equal(rowsOf(await tried({ rows: throwing('ERR_ALLOCATION') }))?.status, 'unknown');
    const others = { import: throwing('ERR_IMPORT_REFUSED'), tryPath: pathsThat('ERR_IMPORT_REFUSED', 'import') };
    assert.equal(rowsOf(await tried(others))?.status, 'ok', 'rows matter to the export path too');
    assert.equal(rowsOf(await tried({ allocate: throwing('ERR_ALLOCATION') })), undefined);
  });

  it('measure what rows are rounded up to', () => {
    for (const alignment of [4, 64, 128, 256, 512, 1024]) {
      const strides = narrowWidths.map((width) => Math.ceil((width * 4) / alignment) * alignment);
      assert.equal(commonAlignment(strides), alignment);
    }
  });

  it('cannot know of the host where the kernel log is closed', async () => {
    const { found } = await tried({ hostRefusals: () => Promise.resolve(undefined) });
    assert.equal(found['trials.host'], 'unknown');
  });

  it('close the bench where even they break', async () => {
    const bench = new FakeBench({ hostRefusals: () => Promise.reject(new Error('broken')) });
    await assert.rejects(
      runTrials(devices, filesOf({}), () => bench),
      /broken/,
    );
    assert.equal(bench.closed, 1);
  });

  it('which a flip in earnest contradicts are wrong', () => {
    const paths = untried(new Error('x')).paths.map(({ path }) => ({
      path,
      status: 'ok' as const,
      refusal: undefined,
    }));
    const check = { id: 'trials.flip', status: 'no' as const, found: 'no flip event', why: '', advice: null };
    const verdict = judge({ checks: [], paths, formats: undefined }, devices, { check, path: undefined });
    assert.deepEqual([verdict.status, verdict.path], ['no', null]);
    assert.match(verdict.text, /in earnest.*no flip event/);
  });
});
