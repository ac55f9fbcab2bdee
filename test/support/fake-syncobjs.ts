/** DRM syncobjs without a kernel: a file stands for each, whichever descriptor of it comes. */
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { NativeSyncDevice, NativeTimeline } from '../../src/native/sync.js';
import { FakeFiles } from '../../src/testing/fake-files.js';
import { nativeError } from '../../src/testing/native-error.js';

const { EINVAL, ENODEV } = constants.errno;

/** As its client has it. */
export class FakeSyncobj {
  /** The last point that has signalled. */
  signalled = 0n;
  readonly waits = new Set<{ readonly point: bigint; readonly told: () => void }>();

  constructor(readonly fd: number) {}

  signal(point: bigint): void {
    if (point > this.signalled) this.signalled = point;
    for (const { point: wanted, told } of this.waits) if (wanted <= this.signalled) setImmediate(told);
  }
}

export class FakeSyncobjs {
  /** Each call on them answers ENODEV, and each device that is opened. */
  gone = false;
  readonly #files = new FakeFiles();
  readonly #known = new Map<string, FakeSyncobj>();
  #devices = 0;
  #handles = 0;

  /** Its descriptor is closed with all of them. */
  create(): FakeSyncobj {
    const file = this.#files.create(0);
    const made = new FakeSyncobj(file.open());
    this.#known.set(file.identity, made);
    return made;
  }

  /** What the program under test has open. */
  held(): { devices: number; handles: number; waits: number; descriptors: number } {
    const waits = [...this.#known.values()].reduce((sum, { waits: { size } }) => sum + size, 0);
    const descriptors = this.#files.countOpen() - this.#known.size;
    return { devices: this.#devices, handles: this.#handles, waits, descriptors };
  }

  /** In place of the addon's. */
  readonly openSyncDevice = (): NativeSyncDevice => {
    this.#check('DRM_IOCTL_GET_CAP');
    this.#devices++;
    return {
      importTimeline: (fd) => this.#import(fd),
      close: once(() => this.#devices--),
    };
  };

  close(): void {
    for (const { fd } of this.#known.values()) closeSync(fd);
    this.#files.close();
  }

  #import(fd: number): NativeTimeline {
    this.#check('DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE');
    const syncobj = this.#known.get(this.#files.identify(fd) ?? '');
    if (syncobj === undefined) throw nativeError(EINVAL, 'DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE');
    this.#handles++;
    return {
      whenSignalled: (point, onSignalled) => {
        this.#check('DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT');
        if (point <= syncobj.signalled) return null;
        const told = () => {
          if (syncobj.waits.has(wait)) onSignalled(0);
        };
        const wait = { point, told };
        syncobj.waits.add(wait);
        return { close: () => void syncobj.waits.delete(wait) };
      },
      signal: (point) => {
        this.#check('DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL');
        syncobj.signal(point);
      },
      close: once(() => this.#handles--),
    };
  }

  #check(syscall: string): void {
    if (this.gone) throw nativeError(ENODEV, syscall);
  }
}

function once(end: () => void): () => void {
  let ended = false;
  return () => {
    if (!ended) end();
    ended = true;
  };
}
