/**
 * What the last close of an unbound virtio-gpu's node does: a process of its own makes a framebuffer
 * of imported memory, or of a buffer of the display's own, the device is unbound, and it closes the
 * node. Prints one line of JSON. A process that hangs in the kernel is left to the guest's end.
 */
import { spawn } from 'node:child_process';
import { closeSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { discover, DrmNode } from '../../../src/device/index.js';
import {
  addFramebuffer,
  createDumb,
  format,
  loadLibdrm,
  primeFdToHandle,
  type DmabufFd,
  type GemHandle,
} from '../../../src/ffi/index.js';
import { loadNative } from '../../../src/native/index.js';

const driver = '/sys/bus/virtio/drivers/virtio_gpu';
const [width, height] = [640, 480];
/** It closes at once, or never. */
const patienceMs = 4000;
const kinds = ['imported', 'own'] as const;

export interface LastClose {
  readonly kind: string;
  /** Before the unbind, after it, and after the close. */
  readonly said: readonly string[];
  /** Of a thread that waits uninterruptibly, top first; empty where the close returned. */
  readonly stack: readonly string[];
}

function displayNode(): string {
  const path = discover().find(({ driver: name }) => name === 'virtio_gpu')?.primary;
  if (path === undefined) throw new Error('there is no virtio-gpu here');
  return path;
}

function importedHandle(fd: number): GemHandle {
  const memory = loadNative().createUdmabuf(width * height * 4) as DmabufFd;
  const handle = primeFdToHandle(fd, memory);
  closeSync(memory);
  return handle;
}

async function closeOne(kind: string | undefined): Promise<void> {
  const node = DrmNode.open(displayNode());
  const { fd } = node;
  const handle = kind === 'imported' ? importedHandle(fd) : createDumb(fd, { width, height, bpp: 32 }).handle;
  addFramebuffer(fd, { width, height, format: format.XRGB8888, planes: [{ handle, pitch: width * 4, offset: 0 }] });
  const say = (word: string) => {
    process.stdout.write(`${word}\n`);
  };
  say(node.isGone() ? 'gone' : 'there');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  say(node.isGone() ? 'gone' : 'there');
  await sleep(100); // for what was said to be on its way
  node.close();
  say('closed');
}

async function watch(kind: string): Promise<LastClose> {
  const child = spawn(process.execPath, [process.argv[1] ?? '', kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => (said = [...said, ...chunk.toString().trim().split('\n')]));
  const until = async (lines: number, ms: number) => {
    for (const limit = Date.now() + ms; said.length < lines && Date.now() < limit;) await sleep(20);
  };
  await until(1, 10 * patienceMs);
  const name = basename(
    realpathSync(`${driver}/${readdirSync(driver).find((entry) => /^virtio\d/.test(entry)) ?? ''}`),
  );
  writeFileSync(`${driver}/unbind`, name);
  child.stdin.write('\n');
  await until(3, patienceMs);
  const stack = said.length < 3 ? hangingStack(child.pid ?? 0) : [];
  writeFileSync(`${driver}/bind`, name);
  child.stdout.destroy();
  child.stdin.destroy();
  child.unref();
  return { kind, said, stack };
}

function hangingStack(pid: number): string[] {
  const tasks = readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  const hanging = tasks.find((task) => /State:\s+D/.test(readFileSync(`${task}/status`, 'utf8')));
  if (hanging === undefined) return [];
  return [...readFileSync(`${hanging}/stack`, 'utf8').matchAll(/(\w+)\+0x/g)].map(([, name = '']) => name);
}

loadLibdrm();
if (process.argv.length > 2) await closeOne(process.argv[2]);
else {
  const seen: LastClose[] = [];
  for (const kind of kinds) seen.push(await watch(kind));
  console.log(JSON.stringify(seen));
}
