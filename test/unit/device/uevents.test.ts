import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import {
  parseUevent,
  watchDrmEvents,
  watchInputEvents,
  type DrmUevent,
  type InputUevent,
} from '../../../src/device/uevents.js';
import { nativeError } from '../../../src/testing/index.js';
import { Fifo } from '../../addon/support/descriptors.js';
import { isOpen } from '../../support/descriptors.js';

const { EBADF, ENOBUFS, EMFILE } = constants.errno;
const gpu = '/devices/pci0000:00/0000:00:02.0/virtio0/drm/card0';

function uevent(action: string, path: string, variables: Record<string, string>): string {
  const all = { ACTION: action, DEVPATH: path, ...variables, SEQNUM: '1234' };
  const assignments = Object.entries(all).map(([name, value]) => `${name}=${value}\0`);
  return `${action}@${path}\0${assignments.join('')}`;
}

const card = { SUBSYSTEM: 'drm', DEVTYPE: 'drm_minor', DEVNAME: 'dri/card0' };

describe('parseUevent', () => {
  it('gives the variables, with what follows their first equals sign', () => {
    const variables = parseUevent(uevent('change', gpu, { ...card, HOTPLUG: '1', NOTE: 'a=b' }));
    assert.deepEqual(Object.fromEntries(variables ?? []), {
      ...{ ACTION: 'change', DEVPATH: gpu, SUBSYSTEM: 'drm', DEVTYPE: 'drm_minor', DEVNAME: 'dri/card0' },
      ...{ HOTPLUG: '1', NOTE: 'a=b', SEQNUM: '1234' },
    });
  });

  for (const [what, text] of [
    ['nothing', ''],
    ["udev's own message", `libudev\0\xfe\xed\xca\xfeACTION=add\0DEVPATH=${gpu}\0`],
    ['a header alone', `add@${gpu}`],
    ['a header that says otherwise', `add@${gpu}\0ACTION=remove\0DEVPATH=${gpu}\0`],
  ] as const)
    it(`takes ${what} for no uevent`, () => assert.equal(parseUevent(text), undefined));
});

/** A FIFO for the socket; the test says what there is to read and when, as the addon would. */
class FakeSource {
  readonly fifo = new Fifo();
  /** Texts to read, and errnos to fail with instead. */
  readonly unread: (string | number)[] = [];
  readonly watchers: { closed: boolean; readable(errno: number): void }[] = [];
  refuses = false;

  openUevents(): number {
    return this.fifo.fd;
  }

  readUevent(fd: number): string | undefined {
    assert.equal(fd, this.fifo.fd);
    const next = this.unread.shift();
    if (typeof next === 'number') throw nativeError(next, 'recvmsg');
    return next;
  }

  watchReadable = (fd: number, onReadable: (errno: number) => void) => {
    if (this.refuses) throw nativeError(EMFILE, 'dup');
    assert.equal(fd, this.fifo.fd);
    const watcher = { closed: false, readable: onReadable };
    this.watchers.push(watcher);
    return { close: () => void (watcher.closed = true) };
  };

  arrives(...unread: (string | number)[]): void {
    this.unread.push(...unread);
    this.readable();
  }

  readable(errno = 0): void {
    const open = this.watchers.filter(({ closed }) => !closed);
    assert.equal(open.length, 1, 'one watcher at a time');
    open[0]!.readable(errno);
  }

  get isClosed(): boolean {
    return this.watchers.every(({ closed }) => closed) && !isOpen(this.fifo.fd);
  }
}

function watch() {
  const source = new FakeSource();
  const events: DrmUevent[] = [];
  const close = watchDrmEvents(source, (event) => events.push(event));
  closers.push(close);
  return { source, events, close };
}

const closers: (() => void)[] = [];

describe('watchDrmEvents', () => {
  afterEach(() => closers.splice(0).forEach((close) => close()));

  it('tells hotplug, added and removed of primary nodes', () => {
    const { source, events } = watch();
    source.arrives(uevent('change', gpu, { ...card, HOTPLUG: '1' }));
    source.arrives(uevent('remove', gpu, card));
    source.arrives(uevent('add', gpu, { ...card, DEVNAME: 'dri/card12' }));
    assert.deepEqual(events, [
      { kind: 'hotplug', node: '/dev/dri/card0' },
      { kind: 'removed', node: '/dev/dri/card0' },
      { kind: 'added', node: '/dev/dri/card12' },
    ]);
  });

  it('passes over render nodes, connectors, other changes and other devices', () => {
    const { source, events } = watch();
    source.arrives(uevent('add', gpu, { ...card, DEVNAME: 'dri/renderD128' }));
    source.arrives(uevent('add', `${gpu}/card0-Virtual-1`, { SUBSYSTEM: 'drm', DEVTYPE: 'drm_connector' }));
    source.arrives(uevent('add', gpu, { ...card, DEVNAME: 'dri/card0-Virtual-1' }));
    source.arrives(uevent('change', gpu, card));
    source.arrives(uevent('bind', gpu, card));
    source.arrives(uevent('add', '/devices/x', { SUBSYSTEM: 'input', DEVNAME: 'dri/card0' }));
    source.arrives('libudev\0');
    assert.deepEqual(events, []);
  });

  it('passes over what another process sent, and reads on', () => {
    const { source, events } = watch();
    source.arrives('', uevent('add', gpu, card));
    assert.deepEqual(events, [{ kind: 'added', node: '/dev/dri/card0' }]);
  });

  it('reports an overflow that the read tells, and reads on', () => {
    const { source, events } = watch();
    source.arrives(ENOBUFS, uevent('add', gpu, card));
    assert.deepEqual(events, [{ kind: 'overflow' }, { kind: 'added', node: '/dev/dri/card0' }]);
  });

  it('reports an overflow that the poll tells, and watches anew', () => {
    const { source, events } = watch();
    source.readable(ENOBUFS);
    assert.deepEqual(events, [{ kind: 'overflow' }]);
    assert.equal(source.watchers.length, 2);
    source.arrives(uevent('add', gpu, card));
    assert.equal(events.length, 2);
  });

  it('reports one overflow when the socket fails for good, and watches no more', () => {
    const polled = watch();
    polled.source.readable(EBADF);
    assert.deepEqual(polled.events, [{ kind: 'overflow' }]);
    assert.equal(polled.source.watchers.length, 1);
    const read = watch();
    read.source.arrives(EBADF, uevent('add', gpu, card));
    assert.deepEqual(read.events, [{ kind: 'overflow' }]);
    assert.ok(read.source.isClosed);
  });

  it('closes the watcher and the socket, once', () => {
    const { source, close } = watch();
    assert.equal(source.isClosed, false);
    close();
    assert.ok(source.isClosed);
    const other = new Fifo(); // takes the number that became free
    close();
    assert.ok(isOpen(other.fd));
    other.close();
  });

  it('may be closed by the event, and then reads no further', () => {
    const source = new FakeSource();
    let events = 0;
    const onEvent = () => {
      events++;
      close();
    };
    const close = watchDrmEvents(source, onEvent);
    source.arrives(ENOBUFS, ENOBUFS);
    assert.equal(events, 1);
    assert.ok(source.isClosed);
  });

  it('closes the socket where it cannot be watched', () => {
    const source = new FakeSource();
    source.refuses = true;
    assert.throws(() => watchDrmEvents(source, () => undefined), { code: 'EMFILE' });
    assert.ok(source.isClosed);
  });
});

describe('watchInputEvents', () => {
  afterEach(() => closers.splice(0).forEach((close) => close()));

  it('tells evdev nodes that come and go, and lost events, but no other node of the device', () => {
    const source = new FakeSource();
    const events: InputUevent[] = [];
    closers.push(watchInputEvents(source, (event) => events.push(event)));
    const mouse = '/devices/pci0000:00/0000:00:03.0/virtio2/input/input3';
    const input = { SUBSYSTEM: 'input' };
    source.arrives(
      uevent('add', mouse, input),
      uevent('add', `${mouse}/mouse1`, { ...input, DEVNAME: 'input/mouse1' }),
    );
    source.arrives(uevent('add', `${mouse}/event12`, { ...input, DEVNAME: 'input/event12' }));
    source.arrives(uevent('change', `${mouse}/event12`, { ...input, DEVNAME: 'input/event12' }));
    source.arrives(uevent('add', gpu, card), ENOBUFS);
    source.arrives(uevent('remove', `${mouse}/event12`, { ...input, DEVNAME: 'input/event12' }));
    assert.deepEqual(events, [
      { kind: 'added', node: '/dev/input/event12' },
      { kind: 'overflow' },
      { kind: 'removed', node: '/dev/input/event12' },
    ]);
  });
});
