/** The kernel's uevents. */
import assert from 'node:assert/strict';
import { closeSync, constants } from 'node:fs';
import { describe, it } from 'node:test';
import { watchDrmEvents } from '../../src/device/index.js';
import { native } from './support/addon.js';
import { fileFlags, openDescriptors } from './support/descriptors.js';
import { until } from './support/loop.js';
import { cannotCause, cannotForge, causeUevent, forgeUevent } from './support/uevents.js';

/** A sandbox may forbid netlink; then nothing else can be said. */
function unavailable(): string | false {
  try {
    closeSync(native.openUevents());
    return false;
  } catch (error) {
    const { code } = error as { code: string };
    const forbidden = ['EPERM', 'EACCES', 'EPROTONOSUPPORT', 'EAFNOSUPPORT'].includes(code);
    return forbidden && `allow AF_NETLINK sockets: opening one fails with ${code}`;
  }
}

/** What is heard while a test runs. */
class Ear {
  readonly heard: string[] = [];
  readonly #fd = native.openUevents();
  readonly #watcher = native.watchReadable(this.#fd, () => {
    for (let text = native.readUevent(this.#fd); text !== undefined; text = native.readUevent(this.#fd))
      this.heard.push(text);
  });

  /** Until the kernel's own event has come, which is behind all that was sent before. */
  async hearOut(): Promise<string> {
    const mark = causeUevent();
    const find = () => this.heard.find((text) => text.includes(mark));
    await until(() => find() !== undefined, 'the uevent caused');
    return find()!;
  }

  close(): void {
    this.#watcher.close();
    closeSync(this.#fd);
  }
}

describe('openUevents', { skip: unavailable() }, () => {
  it('opens a socket that does not block, and leaves it to the caller', () => {
    const before = openDescriptors();
    const fd = native.openUevents();
    assert.equal(openDescriptors(), before + 1);
    assert.ok((fileFlags(fd) & constants.O_NONBLOCK) !== 0);
    assert.ok((fileFlags(fd) & 0o2000000) !== 0, 'close-on-exec');
    for (let uevents = 0; native.readUevent(fd) !== undefined; uevents++) assert.ok(uevents < 1000);
    closeSync(fd);
    assert.equal(openDescriptors(), before);
  });

  it('becomes readable when the kernel sends one, and gives its text', { skip: cannotCause() }, async () => {
    const ear = new Ear();
    try {
      const text = await ear.hearOut();
      assert.ok(text.startsWith('change@/devices/virtual/mem/null\0ACTION=change\0'), text);
      assert.match(text, /\0SUBSYSTEM=mem\0/);
      assert.ok(text.endsWith('\0'));
    } finally {
      ear.close();
    }
  });

  for (const how of ['direct', 'through the kernel'] as const)
    it(
      `gives no text of one that another process sent (${how})`,
      { skip: cannotCause() || cannotForge() },
      async () => {
        const ear = new Ear();
        try {
          forgeUevent(how);
          await ear.hearOut();
          assert.ok(ear.heard.includes(''), 'it did come');
          assert.deepEqual(
            ear.heard.filter((text) => text.includes('/forged')),
            [],
          );
        } finally {
          ear.close();
        }
      },
    );
});

describe('watchDrmEvents', { skip: unavailable() }, () => {
  for (const how of ['direct', 'through the kernel'] as const)
    it(`believes nobody but the kernel (${how})`, { skip: cannotCause() || cannotForge() }, async () => {
      const believed: unknown[] = [];
      const stop = watchDrmEvents(native, (event) => believed.push(event));
      const ear = new Ear(); // watched last, so that it is read last
      try {
        forgeUevent(how);
        await ear.hearOut();
        assert.deepEqual(believed, []);
      } finally {
        ear.close();
        stop();
      }
    });
});
