/** The kernel's uevents, as far as they can be heard here. */
import assert from 'node:assert/strict';
import { closeSync, constants, readSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { native } from './support/addon.js';
import { fileFlags, openDescriptors } from './support/descriptors.js';
import { turns } from './support/loop.js';

/** A sandbox may forbid netlink; then nothing else can be said. */
function unavailable(): string | false {
  try {
    closeSync(native.openUevents());
    return false;
  } catch (error) {
    const { code } = error as { code: string };
    return ['EPERM', 'EACCES', 'EPROTONOSUPPORT', 'EAFNOSUPPORT'].includes(code) && `no netlink socket here: ${code}`;
  }
}

/** Makes the kernel send one: root may, on most machines. */
function triggerUevent(): boolean {
  try {
    writeFileSync('/sys/devices/virtual/mem/null/uevent', 'change');
    return true;
  } catch {
    return false;
  }
}

describe('openUevents', { skip: unavailable() }, () => {
  it('opens a socket that does not block, and leaves it to the caller', () => {
    const before = openDescriptors();
    const fd = native.openUevents();
    assert.equal(openDescriptors(), before + 1);
    assert.ok((fileFlags(fd) & constants.O_NONBLOCK) !== 0);
    assert.ok((fileFlags(fd) & 0o2000000) !== 0, 'close-on-exec');
    for (let uevents = 0; ; uevents++) {
      assert.ok(uevents < 1000);
      try {
        readSync(fd, Buffer.alloc(8192));
      } catch (error) {
        assert.equal((error as { code: string }).code, 'EAGAIN');
        break;
      }
    }
    closeSync(fd);
    assert.equal(openDescriptors(), before);
  });

  it('becomes readable when the kernel sends one', async (t) => {
    const fd = native.openUevents();
    let heard = '';
    const watcher = native.watchReadable(fd, () => {
      const buffer = Buffer.alloc(8192);
      heard += buffer.toString('utf8', 0, readSync(fd, buffer));
    });
    const sent = triggerUevent();
    for (let turn = 0; sent && turn < 100 && heard === ''; turn++) await turns();
    watcher.close();
    closeSync(fd);
    if (!sent || heard === '') t.skip('no uevent can be sent, or none reaches this network namespace');
    else assert.match(heard, /(^|\0)SUBSYSTEM=\w+\0/);
  });
});
