/**
 * A broker and its consumers over a real /dev/udmabuf: a memfd stands in for a guest's memory, in which a picture lies in pages out of
 * order. What a consumer gets is imported into vgem and into virtio-gpu, and shown.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { firstValueFrom, share } from 'rxjs';
import { DrmNode, discover } from '../../../src/device/index.js';
import { closeGemHandle, format, primeFdToHandle, type DmabufFd } from '../../../src/ffi/index.js';
import { openHead } from '../../../src/head/index.js';
import { askWitness } from '../../../src/lab/index.js';
import type { DrawResult } from '../../../src/loop/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { createPattern } from '../../../src/render/index.js';
import { openConsumer, type ReceivedBuffer } from '../../../src/transfer/consumer/index.js';
import { openBroker } from '../../../src/transfer/host/index.js';
import { RamFile } from '../../../src/transfer/host/memory/ram-file.js';
import { RamMemory } from '../../../src/transfer/host/memory/memory.js';
import { hello } from '../../../src/transfer/protocol/greeting.js';
import { decode, encode, type MessageName, type TransferMessage } from '../../../src/transfer/protocol/messages.js';

const native = loadNative();
const [width, height, pageBytes] = [1280, 768, 4096];
const stride = width * 4;
const pages = (stride * height) / pageBytes;
const ramStart = 0x10_0000;
/** Pages: a run of the picture, and of something else behind each. */
const [runPages, gapPages] = [64, 8];
const canary = 0xa5;

/** The guest's RAM: runs of the picture from its end to its beginning, with canaries between. */
class Ram {
  readonly #fd: number;
  readonly #bytes: Uint8Array;
  readonly runs = Array.from({ length: pages / runPages }, (_, index) => {
    const at = (pages / runPages - 1 - index) * (runPages + gapPages);
    return { at, page: BigInt(ramStart / pageBytes + at), count: runPages };
  });

  constructor() {
    const size = (pages / runPages) * (runPages + gapPages) * pageBytes;
    this.#fd = native.createMemory(size);
    this.#bytes = new Uint8Array(native.mapDmabuf(this.#fd, size, access.readWrite).buffer).fill(canary);
  }

  /** Owns the memfd from now on. */
  memory(): RamMemory {
    const [start, end] = [BigInt(ramStart), BigInt(ramStart + this.#bytes.length)];
    const range = { start, end, backend: 'a memfd of the test', file: 0, offset: 0n };
    return new RamMemory({ ranges: [range], files: [new RamFile(this.#fd, 'the memfd')] });
  }

  draw(frame: number): void {
    const pixels = new Uint32Array(width * height);
    createPattern('counter').draw({ width, height, stridePixels: width, pixels }, frame, 0);
    const drawn = new Uint8Array(pixels.buffer);
    const bytes = runPages * pageBytes;
    this.runs.forEach(({ at }, index) =>
      this.#bytes.set(drawn.subarray(index * bytes, (index + 1) * bytes), at * pageBytes),
    );
  }

  get canariesAreWhole(): boolean {
    return this.runs.every(({ at }) =>
      this.#bytes
        .subarray((at + runPages) * pageBytes, (at + runPages + gapPages) * pageBytes)
        .every((byte) => byte === canary),
    );
  }
}

/** The producer, as the port has it. */
class Producer {
  readonly #heard: TransferMessage[] = [];
  #wake: () => void = () => undefined;
  #exports = 0;

  readonly port = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      this.#heard.push(decode(bytes));
      this.#wake();
      done();
    },
  });

  say(message: TransferMessage): void {
    this.port.push(encode(message));
  }

  export(): void {
    const sequence = ++this.#exports;
    const id = sequence.toString(16).padStart(32, '0');
    this.say({ type: 'export', id, buffer: 0, sequence: BigInt(sequence), privateData: new Uint8Array() });
  }

  has(type: MessageName): boolean {
    return this.#heard.some((message) => message.type === type);
  }

  /** Takes it, and what came before it. */
  async hear(type: MessageName): Promise<void> {
    for (;;) {
      const at = this.#heard.findIndex((message) => message.type === type);
      if (at >= 0) {
        this.#heard.splice(0, at + 1);
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Whether vgem takes the dma-buf. */
function importIntoVgem(fd: number): boolean {
  const path = discover().find(({ driver }) => driver === 'vgem')?.render;
  if (path === undefined) return false;
  const node = DrmNode.open(path);
  closeGemHandle(node.fd, primeFdToHandle(node.fd, fd as DmabufFd));
  node.close();
  return true;
}

/** Shows it until `end`, and says what the host's capture of it is. */
async function show({ fd = -1, strideBytes, modifier }: ReceivedBuffer) {
  const head = await openHead({ mode: `${width}x${height}` });
  const buffer = head.importDmabuf({ fd, width, height, strideBytes, modifier });
  let finish: (result?: DrawResult) => void = () => undefined;
  let isFirst = true;
  const flips$ = head
    .flips(() => {
      if (isFirst) {
        isFirst = false;
        return { buffer };
      }
      return new Promise<DrawResult>((resolve) => (finish = resolve));
    })
    .pipe(share());
  const running = flips$.subscribe();
  await firstValueFrom(flips$);
  const { exact, faults } = await askWitness({ captures: 1 });
  const end = async () => {
    finish();
    running.unsubscribe();
    buffer.close();
    await head.close();
  };
  return { onScreen: exact === 1 ? 'exact' : faults.join(), end };
}

/** Another process, which judges what it receives. */
function judge(listen: string, frames: number) {
  const words = [
    'dist/cli/main.cjs',
    'host',
    'receive',
    '--listen',
    listen,
    '--judge',
    '--json',
    '--frames',
    `${frames}`,
  ];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()));
  return once(child, 'close').then(() => JSON.parse(text) as unknown);
}

export async function transferUdmabuf() {
  const listen = '/run/transfer.sock';
  const [ram, producer] = [new Ram(), new Producer()];
  const broker = await openBroker({ memory: ram.memory(), port: producer.port, listen });
  producer.say(hello('the test'));
  await producer.hear('welcome');
  const layout = {
    width,
    height,
    format: format.XRGB8888,
    modifier: 0n,
    offset: 0,
    stride,
    size: BigInt(pages * pageBytes),
  };
  producer.say({ type: 'register', buffer: 0, ...layout, runs: ram.runs });
  await producer.hear('registered');

  const judged = judge(listen, 3);
  for (let frame = 1; frame <= 3; frame++) {
    ram.draw(frame);
    producer.export();
    await producer.hear('released');
  }

  const consumer = await openConsumer(listen);
  const first = firstValueFrom(consumer.buffers$);
  ram.draw(4);
  producer.export();
  const received = await first;
  const { fd = -1 } = received;
  const isDmabuf = /^exp_name:\s+udmabuf/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) !== null;
  const inVgem = importIntoVgem(fd);
  const shown = await show(received);
  producer.say({ type: 'unregister', buffer: 0 });
  await producer.hear('revoked');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const isHeld = received.isHeld;
  const early = producer.has('unregistered'); // the display holds its pages still
  await shown.end();
  await producer.hear('unregistered');
  const seen = {
    ...{ kind: broker.kind, judged: await judged, isDmabuf, inVgem, onScreen: shown.onScreen },
    ...{ isHeld, early, canariesAreWhole: ram.canariesAreWhole },
  };
  consumer.close();
  broker.close();
  return seen;
}

console.log(JSON.stringify(await transferUdmabuf()));
