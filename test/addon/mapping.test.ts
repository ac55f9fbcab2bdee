import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { describe, it } from 'node:test';
import { access } from '../../src/native/index.js';
import { loadScript, native } from './support/addon.js';
import { runNode, transcript } from './support/child.js';
import { memoryFile } from './support/descriptors.js';

const bytes = 64 * 1024;
const byteAt = (fd: number, position: number): number => {
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, position);
  return byte[0] ?? -1;
};

/** Whether a file is mapped by this process: by its inode, for it has no name. */
const isMapped = (fd: number): boolean => readFileSync('/proc/self/maps', 'utf8').includes(` ${fstatSync(fd).ino} `);

describe('mapDmabuf', () => {
  it('shares memory both ways', () => {
    const fd = memoryFile(bytes);
    const mapping = native.mapDmabuf(fd, bytes, access.readWrite);
    assert.equal(mapping.buffer.byteLength, bytes);
    const view = new Uint8Array(mapping.buffer);
    view[bytes - 1] = 42;
    assert.equal(byteAt(fd, bytes - 1), 42);
    writeSync(fd, Buffer.of(7), 0, 1, 100);
    assert.equal(view[100], 7);
    mapping.close();
    closeSync(fd);
  });

  it('detaches and unmaps at once when closed', () => {
    const fd = memoryFile(bytes);
    const mapping = native.mapDmabuf(fd, bytes, access.readWrite);
    const view = new Uint8Array(mapping.buffer);
    assert.equal(isMapped(fd), true);
    mapping.close();
    assert.equal(mapping.buffer.byteLength, 0);
    assert.equal(view.length, 0);
    assert.equal(view[0], undefined);
    assert.equal(isMapped(fd), false);
    closeSync(fd);
  });

  it('is no memory that V8 would collect garbage for', async () => {
    const size = 4 * 1024 * 1024;
    const script = `${loadScript}
      const fs = require('fs');
      const path = '/dev/shm/guesthead-' + process.pid;
      const fd = fs.openSync(path, 'w+');
      fs.unlinkSync(path);
      fs.ftruncateSync(fd, ${size});
      const mappings = Array.from({ length: 64 }, () => native.mapDmabuf(fd, ${size}, 3));
      setTimeout(() => {
        for (const mapping of mappings) mapping.close();
        setTimeout(() => console.log('closed'), 100);
      }, 300);`;
    const result = await runNode(['--trace-gc', '-e', script]);
    assert.match(result.stdout, /^closed$/m, transcript(result));
    assert.doesNotMatch(result.stdout, /Mark-Compact/, transcript(result));
  });

  it('outlives the descriptor that it was made of', () => {
    const fd = memoryFile(bytes);
    const mapping = native.mapDmabuf(fd, bytes, access.readWrite);
    closeSync(fd);
    new Uint8Array(mapping.buffer).fill(1);
    mapping.close();
  });

  it('reads what may only be read', () => {
    const fd = memoryFile(bytes);
    const readOnly = openSync(`/proc/self/fd/${fd}`, 'r');
    const mapping = native.mapDmabuf(readOnly, bytes, access.read);
    writeSync(fd, Buffer.of(9), 0, 1, 5);
    assert.equal(new Uint8Array(mapping.buffer)[5], 9);
    assert.throws(() => native.mapDmabuf(readOnly, bytes, access.write), { code: 'EACCES', syscall: 'mmap' });
    mapping.close();
    closeSync(readOnly);
    closeSync(fd);
  });

  it('survives a write to what was mapped for reading', () => {
    const fd = memoryFile(bytes);
    const mapping = native.mapDmabuf(fd, bytes, access.read);
    new Uint8Array(mapping.buffer)[0] = 1;
    mapping.close();
    closeSync(fd);
  });

  it('gives always the same buffer, which cannot be replaced', () => {
    const fd = memoryFile(bytes);
    const mapping = native.mapDmabuf(fd, bytes, access.read);
    assert.equal(mapping.buffer, mapping.buffer);
    assert.throws(() => Object.assign(mapping, { buffer: new ArrayBuffer(8) }), TypeError);
    mapping.close();
    closeSync(fd);
  });

  it('stays mapped while only the buffer is referenced, and not after that', async () => {
    const script = `${loadScript}
      const fs = require('fs');
      const path = '/dev/shm/guesthead-' + process.pid;
      const fd = fs.openSync(path, 'w+');
      fs.unlinkSync(path);
      fs.writeSync(fd, Buffer.alloc(${bytes}, 5));
      const mapped = () => fs.readFileSync('/proc/self/maps', 'utf8').includes(' ' + fs.fstatSync(fd).ino + ' ');
      const collect = async (rounds) => { for (let i = 0; i < rounds; i++) { gc(); await new Promise(setImmediate); } };
      (async () => {
        let view = new Uint8Array(native.mapDmabuf(fd, ${bytes}, 3).buffer);
        await collect(20);
        console.log(view[${bytes - 1}], mapped());
        view = undefined;
        for (let i = 0; i < 50 && mapped(); i++) await collect(1);
        console.log(mapped());
      })();`;
    const result = await runNode(['--expose-gc', '-e', script]);
    assert.equal(result.stdout, '5 true\nfalse\n', transcript(result));
    assert.equal(result.status, 0, transcript(result));
  });

  it('does not unmap what a transferred buffer still shows', async () => {
    const script = `${loadScript}
      const fs = require('fs');
      const path = '/dev/shm/guesthead-' + process.pid;
      fs.writeFileSync(path, Buffer.alloc(${bytes}, 5));
      const fd = fs.openSync(path, 'r+');
      fs.unlinkSync(path);
      const mapping = native.mapDmabuf(fd, ${bytes}, 3);
      const moved = new Uint8Array(mapping.buffer.transfer());
      mapping.close();
      console.log(moved[0]);`;
    const flags = 'transfer' in ArrayBuffer.prototype ? [] : ['--harmony-rab-gsab-transfer']; // Node 20
    const result = await runNode([...flags, '-e', script]);
    assert.equal(result.stdout, '5\n', transcript(result));
  });
});
