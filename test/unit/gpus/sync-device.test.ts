/** On which GPU clients' timelines are waited for. */
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type GuestheadError } from '../../../src/errors.js';
import { openGpus, type Gpus } from '../../../src/head/index.js';
import { FakeKernel } from '../../../src/testing/index.js';
import { nativeError } from '../../../src/testing/native-error.js';

const { EINVAL, ENODEV, EOPNOTSUPP } = constants.errno;
const unable = nativeError(EOPNOTSUPP, 'DRM_CAP_SYNCOBJ_TIMELINE');

let kernel: FakeKernel;
let gpus: Gpus;
/** What each trial ends with, in turn. */
let answers: (Error | undefined)[];

beforeEach(async () => {
  kernel = new FakeKernel();
  gpus = await openGpus({ kernel });
  kernel.native.openSyncDevice = () => {
    const failure = answers.shift();
    if (failure !== undefined) throw failure;
    return { importTimeline: () => assert.fail('nobody brings any'), close: () => undefined };
  };
});

afterEach(() => {
  gpus.close();
  assert.equal(kernel.held().nodes, 0);
  kernel.close();
});

const open = (...given: (Error | undefined)[]) => {
  answers = given;
  return gpus.openSyncDevice();
};

describe('the device of clients’ timelines', () => {
  it('is the GPU that draws', () => {
    assert.equal(open(undefined).path, gpus.render.path);
  });

  it('is the display’s own render node where that one has no timelines', () => {
    const { path, driver } = open(unable, undefined);
    assert.deepEqual([path, driver], ['/dev/dri/renderD128', 'virtio_gpu']);
  });

  it('is neither where none has them, and of each it is said why', () => {
    const old = nativeError(EINVAL, 'DRM_IOCTL_SYNCOBJ_EVENTFD');
    assert.throws(
      () => open(unable, old),
      ({ code, message, advice }: GuestheadError) => {
        assert.equal(code, 'ERR_UNSUPPORTED');
        assert.match(
          message,
          /renderD129: its driver has no syncobj timelines; .*renderD128: its kernel is older than/,
        );
        return (advice ?? '').includes('Linux 6.6');
      },
    );
    const gone = nativeError(ENODEV, 'DRM_IOCTL_GET_CAP');
    assert.throws(() => open(gone, unable), /renderD129: DRM_IOCTL_GET_CAP: ENODEV; /);
  });

  it('says why no node can be opened, where that is all', () => {
    kernel.fail('openNode', constants.errno.EACCES, { times: 2 });
    assert.throws(() => open(), { code: 'ERR_PERMISSION' });
    kernel.fail('openNode', constants.errno.EACCES);
    assert.throws(() => open(unable), { code: 'ERR_UNSUPPORTED' });
  });

  it('is none while a GPU is gone', () => {
    gpus.close();
    assert.throws(() => open(), { code: 'ERR_CLOSED' });
  });
});
