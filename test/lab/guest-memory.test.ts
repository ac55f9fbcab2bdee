/** Which file a page of the guest is in, compared with what QEMU says of that address: a machine that is paused before its first instruction. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { filter, firstValueFrom } from 'rxjs';
import type { GuestheadError } from '../../src/errors.js';
import { Qmp } from '../../src/qmp/index.js';
import { backendsOfDevices } from '../../src/transfer/host/memory/device-memory.js';
import { openGuestMemory } from '../../src/transfer/index.js';

const folder = mkdtempSync(join(tmpdir(), 'memory-test-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const pageBytes = 4096;
const paused = ['-S', '-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'none'];

/** QEMU with a QMP socket that this process has made and handed on, as libvirt does; `other` is a second one of QEMU's own. */
async function startQemu(name: string, words: readonly string[]) {
  const [qmp, other] = [join(folder, `${name}.qmp`), join(folder, `${name}.other`)];
  const server = createServer().listen(qmp);
  await once(server, 'listening');
  const { _handle: handle } = server as unknown as { _handle: { fd: number } };
  const monitors = ['-chardev', 'socket,id=m,fd=3,server=on,wait=off', '-mon', 'chardev=m,mode=control'];
  const child = spawn(
    'qemu-system-x86_64',
    [...paused, ...words, ...monitors, '-qmp', `unix:${other},server=on,wait=off`],
    { stdio: ['ignore', 'ignore', 'inherit', handle.fd] },
  );
  renameSync(qmp, `${qmp}.kept`); // closing it removes the file of that name
  server.close();
  renameSync(`${qmp}.kept`, qmp);
  return { child, qmp, other };
}

/** Two backends of one size, the first of which lies on both sides of the hole below 4 GiB; a third is shown in a BAR, as other machines may. */
const numa = [
  ...['-m', '6G', '-smp', '2', '-machine', 'q35'],
  ...['-object', 'memory-backend-memfd,id=m0,share=on,size=3G', '-numa', 'node,memdev=m0'],
  ...['-object', 'memory-backend-memfd,id=m1,share=on,size=3G', '-numa', 'node,memdev=m1'],
  ...['-object', 'memory-backend-ram,id=shm,share=on,size=1M', '-device', 'ivshmem-plain,memdev=shm'],
];

const small = [
  ...['-m', '64M', '-machine', 'q35,memory-backend=mem'],
  ...['-object', 'memory-backend-memfd,id=mem,share=on,size=64M'],
];

/** Into each memfd of the process: its number and the page's, so that every page is another one. */
function mark(pid: number, pages: readonly number[]): void {
  const fds = readdirSync(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`);
  const files = fds.filter((path) => readlinkSync(path).includes('memory-backend-memfd'));
  for (const [number, path] of files.entries()) {
    const fd = openSync(path, 'r+');
    for (const page of pages) writeSync(fd, `file ${number}, page ${page}`, page * pageBytes);
    closeSync(fd);
  }
}

describe('guest memory', { timeout: 120_000 }, () => {
  it('is found by a socket that another process made, page by page as QEMU has it, in two backends of one size', async () => {
    const { child, qmp, other } = await startQemu('numa', numa);
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    assert.deepEqual([...(await backendsOfDevices(monitor))], ['/objects/shm']);
    const memory = await openGuestMemory({ qmp });
    mark(child.pid ?? 0, [0, 0x100, 0x7_ffff, 0x8_0000, 0xb_ffff]);
    const dump = join(folder, 'dump');
    const seen = new Set<string>();
    for (const page of [0x100, 0x7_ffff, 0x10_0000, 0x13_ffff, 0x14_0000, 0x1f_ffff]) {
      const pages = memory.take([{ page: BigInt(page), count: 1 }], BigInt(pageBytes));
      const mapping = pages.map();
      await monitor.execute('pmemsave', { val: page * pageBytes, size: pageBytes, filename: dump });
      assert.ok(Buffer.from(mapping.buffer).equals(readFileSync(dump)), `page ${page}`);
      seen.add(Buffer.from(mapping.buffer).toString('latin1'));
      mapping.close();
      pages.close();
    }
    assert.equal(seen.size, 6); // each was another one
    assert.throws(() => memory.take([{ page: 0xe0n, count: 1 }], BigInt(pageBytes)), /page 224 is no RAM/); // the BIOS
    memory.close();
    monitor.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('has moved when its QEMU stops for a migration, of which that says nothing else', async () => {
    const { child, qmp, other } = await startQemu('moving', small);
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    const memory = await openGuestMemory({ qmp });
    const moved = firstValueFrom(memory.events$.pipe(filter(({ type }) => type === 'moved')));
    await monitor.execute('cont');
    await monitor.execute('migrate', { uri: 'exec:cat >/dev/null' });
    assert.deepEqual(await moved, { type: 'moved' });
    memory.close();
    monitor.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('that is QEMU’s own is refused, with what to change', async () => {
    const { child, qmp } = await startQemu('private', ['-m', '512M', '-machine', 'q35']);
    await assert.rejects(openGuestMemory({ qmp }), (error: GuestheadError) => {
      assert.equal(error.code, 'ERR_UNSUPPORTED');
      assert.match(error.advice ?? '', /memory-backend-memfd.*share=on/);
      return true;
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
