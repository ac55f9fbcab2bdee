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
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { filter, firstValueFrom } from 'rxjs';
import type { GuestheadError } from '../../src/errors.js';
import { Qmp } from '../../src/qmp/index.js';
import { backendsOfDevices } from '../../src/transfer/host/memory/device-memory.js';
import { openGuestMemory, type GuestMemory } from '../../src/transfer/index.js';

const folder = mkdtempSync(join(tmpdir(), 'memory-test-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL'); // where a test has failed
});
after(() => {
  rmSync(folder, { recursive: true });
});

const pageBytes = 4096;
const paused = ['-S', '-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'none'];

/** QEMU with a QMP socket that this process has made and handed on, as libvirt does; `other` is a second one of QEMU's own. */
async function startQemu(name: string, words: readonly string[], program = 'qemu-system-x86_64') {
  const [qmp, other] = [join(folder, `${name}.qmp`), join(folder, `${name}.other`)];
  const server = createServer().listen(qmp);
  await once(server, 'listening');
  const { _handle: handle } = server as unknown as { _handle: { fd: number } };
  const monitors = ['-chardev', 'socket,id=m,fd=3,server=on,wait=off', '-mon', 'chardev=m,mode=control'];
  const child = spawn(program, [...paused, ...words, ...monitors, '-qmp', `unix:${other},server=on,wait=off`], {
    stdio: ['ignore', 'ignore', 'inherit', handle.fd],
  });
  children.push(child);
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

/** RAM from 1 GiB on, and on past 4 GiB, in one piece. */
const virt = [
  ...['-m', '6G', '-machine', 'virt,memory-backend=mem', '-cpu', 'cortex-a57'],
  ...['-object', 'memory-backend-memfd,id=mem,share=on,size=6G'],
];
const arm = 'qemu-system-aarch64';
const hasArm = spawnSync(arm, ['--version']).status === 0;

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

/** A page as the broker takes it. */
function contents(memory: GuestMemory, page: number): Buffer {
  const pages = memory.take([{ page: BigInt(page), count: 1 }], BigInt(pageBytes));
  const mapping = pages.map();
  const copy = Buffer.from(new Uint8Array(mapping.buffer));
  mapping.close();
  pages.close();
  return copy;
}

/** The same page as QEMU has it. */
async function dumped(monitor: Qmp, page: number): Promise<Buffer> {
  const filename = join(folder, 'dump');
  await monitor.execute('pmemsave', { val: page * pageBytes, size: pageBytes, filename });
  return readFileSync(filename);
}

async function ended({ memory, monitor, child }: { memory: GuestMemory; monitor: Qmp; child: ChildProcess }) {
  memory.close();
  monitor.close();
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('guest memory', { timeout: 120_000 }, () => {
  it('is found by a socket that another process made, page by page as QEMU has it, in two backends of one size', async () => {
    const { child, qmp, other } = await startQemu('numa', numa);
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    assert.deepEqual([...(await backendsOfDevices(monitor))], ['/objects/shm']);
    const memory = await openGuestMemory({ qmp });
    mark(child.pid ?? 0, [0, 0x100, 0x7_ffff, 0x8_0000, 0xb_ffff]);
    const seen = new Set<string>();
    for (const page of [0x100, 0x7_ffff, 0x10_0000, 0x13_ffff, 0x14_0000, 0x1f_ffff]) {
      const content = contents(memory, page);
      assert.ok(content.equals(await dumped(monitor, page)), `page ${page}`);
      seen.add(content.toString('latin1'));
    }
    assert.equal(seen.size, 6); // each was another one
    assert.throws(() => contents(memory, 0xe0), /page 224 is no RAM/); // the BIOS
    await ended({ memory, monitor, child });
  });

  it('is found where a 64-bit Arm has it, below and above 4 GiB', { skip: !hasArm && `install ${arm}` }, async () => {
    const { child, qmp, other } = await startQemu('virt', virt, arm);
    const memory = await openGuestMemory({ qmp });
    mark(child.pid ?? 0, [0, 0xc_0000, 0x17_ffff]);
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    for (const page of [0x4_0000, 0x10_0000, 0x1b_ffff]) {
      const seen = contents(memory, page);
      assert.match(seen.toString('latin1'), /^file 0, page /);
      assert.ok(seen.equals(await dumped(monitor, page)), `page ${page}`);
    }
    assert.throws(() => contents(memory, 0x3_ffff), /page 262143 is no RAM/);
    await ended({ memory, monitor, child });
  });

  it('may be an ordinary file, of which the host makes no dma-buf', async () => {
    const path = join(folder, 'ram');
    const backend = `memory-backend-file,id=mem,share=on,size=64M,mem-path=${path}`;
    const words = ['-m', '64M', '-machine', 'q35,memory-backend=mem', '-object', backend];
    const { child, qmp, other } = await startQemu('file', words);
    const memory = await openGuestMemory({ qmp });
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    const fd = openSync(path, 'r+');
    for (const page of [0x100, 0x3fff]) {
      writeSync(fd, `page ${page}`, page * pageBytes);
      const seen = contents(memory, page);
      assert.match(seen.toString('latin1'), new RegExp(`^page ${page}\0`));
      assert.ok(seen.equals(await dumped(monitor, page)), `page ${page}`);
    }
    closeSync(fd);
    assert.deepEqual([memory.kind, typeof memory.whyMapped], ['mapping', 'string']);
    await ended({ memory, monitor, child });
  });

  it('has moved when its QEMU stops for a migration, of which that says nothing else', async () => {
    const { child, qmp, other } = await startQemu('moving', small);
    const monitor = await Qmp.connect(other, AbortSignal.timeout(60_000));
    const memory = await openGuestMemory({ qmp });
    const moved = firstValueFrom(memory.events$.pipe(filter(({ type }) => type === 'moved')));
    await monitor.execute('cont');
    await monitor.execute('migrate', { uri: 'exec:cat >/dev/null' });
    assert.deepEqual(await moved, { type: 'moved' });
    await ended({ memory, monitor, child });
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
