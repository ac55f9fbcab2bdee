/** Shows dma-bufs of the caller's in the frames' stead, and tells what became of them. */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject, filter, firstValueFrom, share, tap, type Observable, type Subscription } from 'rxjs';
import type { ClientBuffer } from '../../../src/buffer/index.js';
import { DrmNode } from '../../../src/device/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { closeGemHandle, format, primeFdToHandle, primeHandleToFd, type DmabufFd } from '../../../src/ffi/index.js';
import { askWitness } from '../../../src/lab/index.js';
import { access, loadNative } from '../../../src/native.js';
import { openHead, type Head } from '../../../src/head/index.js';
import { type DrawResult, type Flip, type Frame } from '../../../src/loop/index.js';
import { createPattern } from '../../../src/render/index.js';
import { held } from './held.js';

const native = loadNative();
const [width, height] = [1280, 768];
/** Bytes; more than a row has, as a GPU may want it. */
const stride = (width + 64) * 4;

/** The counter pattern of a frame in memory of its own; the caller's to close. */
function picture(frame: number): number {
  const fd = native.createUdmabuf(stride * height);
  const mapping = native.mapDmabuf(fd, stride * height, access.readWrite);
  mapping.beginAccess(access.write);
  const pixels = new Uint32Array(mapping.buffer);
  createPattern('counter').draw({ width, height, stride: stride / 4, pixels }, frame, 0);
  mapping.endAccess(access.write);
  mapping.close();
  return fd;
}

/** A dma-buf's second descriptor, by way of another device; not a duplicate of the first. */
function secondDescriptor(fd: number, renderNode: string): number {
  const node = DrmNode.open(renderNode);
  try {
    const handle = primeFdToHandle(node.fd, fd as DmabufFd);
    const second = primeHandleToFd(node.fd, handle, { readWrite: true });
    closeGemHandle(node.fd, handle);
    return second;
  } finally {
    node.close();
  }
}

/** Flips when it is told to: what is shown stays on the screen until then. */
class Stage {
  readonly events: string[] = [];
  readonly #waiting$ = new BehaviorSubject<((result: DrawResult) => void) | undefined>(undefined);
  readonly #flips$: Observable<Flip>;
  readonly #running: Subscription;

  constructor(head: Head) {
    const note = tap<Flip>(() => this.events.push('flip'));
    this.#flips$ = head.flips((frame) => this.#draw(frame)).pipe(note, share());
    this.#running = this.#flips$.subscribe();
  }

  /** Offers this buffer, or an empty frame, to be shown. */
  async offer(buffer?: ClientBuffer): Promise<void> {
    const finish = await firstValueFrom(this.#waiting$.pipe(filter((waiting) => waiting !== undefined)));
    this.#waiting$.next(undefined);
    finish(buffer && { buffer });
  }

  /** Resolves once it is on the screen. */
  async show(buffer?: ClientBuffer): Promise<void> {
    const flipped = firstValueFrom(this.#flips$);
    await this.offer(buffer);
    await flipped;
  }

  end(): void {
    this.#running.unsubscribe();
  }

  /** The first frame comes by a modeset, without a flip. */
  #draw(frame: Frame): Promise<DrawResult> | undefined {
    if (frame.number === 0) return undefined;
    return new Promise((finish) => {
      this.#waiting$.next(finish);
    });
  }
}

async function untilFree(buffer: ClientBuffer): Promise<boolean> {
  for (let i = 0; i < 50 && buffer.locked; i++) await sleep(20);
  return !buffer.locked;
}

async function capture(): Promise<string> {
  const { exact, faults } = await askWitness({ captures: 1 });
  return exact === 1 ? 'exact' : faults.join();
}

/** One buffer, imported by two descriptors, that is shown, shown again, and replaced. */
async function shown(stage: Stage, [buffer, same]: readonly [ClientBuffer, ClientBuffer]) {
  const free = !buffer.locked;
  buffer.onReleased = () => stage.events.push('released');
  stage.events.length = 0;
  await stage.show(buffer);
  const onScreen = await capture();
  await stage.show(buffer);
  const locked = buffer.locked;
  await stage.show();
  const freed = await untilFree(buffer);
  return { isOne: buffer === same, free, onScreen, locked, freed, events: [...stage.events] };
}

/** Both imports of a buffer end while it is on the screen. `count`: its framebuffers. */
async function closed(stage: Stage, [buffer, same]: readonly [ClientBuffer, ClientBuffer], count: () => number) {
  await stage.show(buffer);
  buffer.close();
  const byOne = buffer.closed;
  same.close();
  const onScreen = await capture();
  const whileShown = count();
  await stage.show();
  await untilFree(buffer);
  return { byOne, byBoth: same.closed, onScreen, whileShown, replaced: count() };
}

/** By two descriptors, which are closed once the imports are done. */
function importTwice(head: Head): readonly [ClientBuffer, ClientBuffer] {
  const first = picture(100);
  const second = secondDescriptor(first, head.info.render.node);
  const offer = (fd: number) => {
    const buffer = head.importDmabuf({ fd, width, height, stride });
    closeSync(fd);
    return buffer;
  };
  return [offer(first), offer(second)];
}

function refusal(act: () => unknown): string {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return error instanceof GuestheadError ? `${error.code}: ${error.message}` : String(error);
  }
}

async function refused(head: Head, stage: Stage) {
  const fd = native.createUdmabuf(stride * height);
  const narrow = refusal(() => head.importDmabuf({ fd, width, height, stride: width * 4 - 4 }));
  const short = refusal(() => head.importDmabuf({ fd, width, height: height + 64, stride }));
  const small = head.importDmabuf({ fd, width: 640, height: 480, stride });
  const fault = firstValueFrom(head.faults$);
  await stage.offer(small);
  const { code, message } = await fault;
  small.close();
  closeSync(fd);
  return { narrow, short, small: `${code}: ${message}`, lockedAfter: small.locked };
}

/** With an alpha of 0 everywhere; closed while it is on the screen, and the stage with it. */
async function transparent(head: Head, stage: Stage): Promise<string> {
  const fd = picture(200);
  const buffer = head.importDmabuf({ fd, width, height, stride, format: format.ARGB8888 });
  closeSync(fd);
  await stage.show(buffer);
  const onScreen = await capture();
  buffer.close();
  stage.end();
  return onScreen;
}

export async function showClientBuffers() {
  const head = await openHead({ mode: '1280x768', flipTimeoutMs: 30_000, onDrawError: 'skip' });
  const warmUp = new Stage(head);
  await warmUp.show();
  await capture();
  warmUp.end();
  const before = held();
  const stage = new Stage(head);
  const count = () => held().framebuffers - before.framebuffers;
  const buffers = importTwice(head);
  const seen = {
    imported: count(),
    shown: await shown(stage, buffers),
    closed: await closed(stage, buffers, count),
    refused: await refused(head, stage),
    transparent: await transparent(head, stage),
  };
  const after = held();
  await head.close();
  return { ...seen, before, after };
}
