import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { openGpus, openHead, type HeadOptions } from '../../../src/head/index.js';
import { FakeKernel, type FakeCall } from '../../../src/testing/index.js';
import { nothingHeld } from '../../support/fake-head.js';

const { EACCES, EINVAL, ENODEV, ENOMEM } = constants.errno;
const paths = ['import', 'udmabuf', 'export', 'copy'] as const;

/** All calls that a good opening and a closing make, and how often. */
async function callsOf(options: HeadOptions): Promise<ReadonlyMap<FakeCall, number>> {
  using kernel = new FakeKernel();
  await openAndClose(kernel, options);
  const counts = new Map<FakeCall, number>();
  for (const call of kernel.calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}

async function openAndClose(kernel: FakeKernel, options: HeadOptions): Promise<void> {
  const head = await openHead({ ...options, kernel });
  await head.close();
}

/** One call fails: the head is opened all the same, or it says why not; and nothing stays open. */
async function openWith(options: HeadOptions, call: FakeCall, errno: number, after: number): Promise<void> {
  using kernel = new FakeKernel();
  kernel.fail(call, errno, { after });
  const failure = await openAndClose(kernel, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  const what = `errno ${errno} of ${call} after ${after}`;
  if (failure !== undefined) assert.ok(failure instanceof GuestheadError, what);
  assert.deepEqual(kernel.held(), nothingHeld, what);
}

describe('opening a head', { timeout: 120_000 }, () => {
  for (const path of paths)
    it(`by the ${path} path has failed once at each call, and nothing stayed open`, async () => {
      const calls = await callsOf({ path });
      assert.ok(calls.size > 15, `${calls.size} calls`);
      for (const [call, count] of calls)
        for (const after of new Set([0, Math.floor(count / 2), count - 1]))
          for (const errno of after === 0 && path === 'import' ? [ENOMEM, EINVAL] : [EINVAL])
            await openWith({ path }, call, errno, after);
    });

  it('is tried again where the kernel has no memory for the moment', async () => {
    for (const call of ['primeFdToHandle', 'addFramebuffer', 'testCommit'] as const) {
      using kernel = new FakeKernel();
      kernel.fail(call, ENOMEM);
      const head = await openHead({ kernel });
      assert.equal(head.info.path, 'import', call);
      await head.close();
      assert.deepEqual(kernel.held(), nothingHeld, call);
    }
  });

  it('says which device is not there', async () => {
    for (const role of ['display', 'render'] as const) {
      using kernel = new FakeKernel();
      await kernel.unplug(role);
      await assert.rejects(openHead({ kernel }), { code: 'ERR_NO_DEVICE' });
      assert.deepEqual(kernel.held(), nothingHeld);
    }
  });

  it('says that the node may not be opened', async () => {
    using kernel = new FakeKernel();
    kernel.fail('openNode', EACCES);
    await assert.rejects(openHead({ kernel }), { code: 'ERR_PERMISSION' });
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('of a display that another process holds is refused, or waits until it goes', async () => {
    using kernel = new FakeKernel();
    kernel.takeMaster();
    await assert.rejects(openHead({ kernel }), { code: 'ERR_NOT_MASTER' });
    assert.deepEqual(kernel.held(), nothingHeld);
    const waited: string[] = [];
    const onWait = ({ code }: GuestheadError) => {
      waited.push(code);
      kernel.dropMaster();
    };
    const gpus = await openGpus({ kernel, wait: true, onWait });
    assert.deepEqual(waited, ['ERR_NOT_MASTER']);
    gpus.close();
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('ends a wait when its signal says so', async () => {
    using kernel = new FakeKernel();
    kernel.takeMaster();
    const waiting = new AbortController();
    const opening = openHead({ kernel, wait: true, signal: waiting.signal, onWait: () => waiting.abort() });
    await assert.rejects(opening, { name: 'AbortError' });
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('of a device that goes meanwhile leaves nothing open', async () => {
    for (const role of ['display', 'render'] as const) {
      using kernel = new FakeKernel();
      const gpus = await openGpus({ kernel });
      kernel.fail('addFramebuffer', ENOMEM); // which is tried again in a moment
      const opening = assert.rejects(gpus.openHead(), { code: 'ERR_DEVICE_LOST' });
      await kernel.unplug(role);
      await opening;
      gpus.close();
      assert.deepEqual(kernel.held(), nothingHeld);
    }
  });
});

describe('the buffer path of a head', { timeout: 60_000 }, () => {
  it('is the first of the ladder that the display takes, and says why the others were refused', async () => {
    using kernel = new FakeKernel();
    kernel.fail('primeFdToHandle', ENODEV, { times: Infinity });
    const head = await openHead({ kernel });
    assert.equal(head.info.path, 'export');
    assert.deepEqual(
      head.info.refused.map(({ path, code }) => [path, code]),
      [
        ['import', 'ERR_IMPORT_REFUSED'],
        ['udmabuf', 'ERR_IMPORT_REFUSED'],
      ],
    );
    await head.close();
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('is copy where the render GPU takes no foreign buffers either', async () => {
    using kernel = new FakeKernel();
    kernel.fail('primeFdToHandle', ENODEV, { times: Infinity });
    kernel.fail('importDmabuf', EINVAL, { times: Infinity });
    const head = await openHead({ kernel });
    assert.equal(head.info.path, 'copy');
    await head.close();
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('is none where each is refused, and the last refusal is the error', async () => {
    using kernel = new FakeKernel();
    kernel.fail('testCommit', EINVAL, { times: Infinity });
    await assert.rejects(openHead({ kernel }), { code: 'ERR_COMMIT', errno: EINVAL });
    assert.deepEqual(kernel.held(), nothingHeld);
  });

  it('that was asked for is not exchanged for another', async () => {
    using kernel = new FakeKernel();
    kernel.fail('primeFdToHandle', ENODEV, { times: Infinity });
    await assert.rejects(openHead({ kernel, path: 'udmabuf' }), { code: 'ERR_IMPORT_REFUSED', errno: ENODEV });
    assert.deepEqual(kernel.held(), nothingHeld);
  });
});
