/** Shows dma-bufs of the caller's in the frames' stead, and tells what became of them. */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject, filter, firstValueFrom, share, tap, type Observable, type Subscription } from 'rxjs';
import { modifiers, type ClientBuffer } from '../../../src/buffer/index.js';
import { DrmNode } from '../../../src/device/index.js';
import { GuestheadError } from '../../../src/errors.js';
import { closeGemHandle, format, primeFdToHandle, primeHandleToFd, type DmabufFd } from '../../../src/ffi/index.js';
import { askWitness } from '../../../src/lab/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { openHead, type Head } from '../../../src/head/index.js';
import type { DrawnFrame, DrawResult, Flip } from '../../../src/loop/index.js';
import { createPattern } from '../../../src/render/index.js';
import { held } from './held.js';

const native = loadNative();
const [width, height] = [1280, 768];
/** Bytes; more than a row has, as a GPU may want it. */
const stride = (width + 64) * 4;
const modifier = modifiers.LINEAR;

/** The counter pattern of a frame in memory of its own; the caller's to close. */
function picture(frame: number): number {
  const fd = native.createUdmabuf(stride * height);
  const mapping = native.mapDmabuf(fd, stride * height, access.readWrite);
  mapping.beginAccess(access.write);
  const pixels = new Uint32Array(mapping.buffer);
  createPattern('counter').draw({ width, height, stridePixels: stride / 4, pixels }, frame, 0);
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
    this.#flips$ = head.flips(() => this.#draw()).pipe(note, share());
    this.#running = this.#flips$.subscribe();
  }

  /** Offers what is to be shown; nothing: an empty frame. */
  async offer(offered?: DrawnFrame): Promise<void> {
    const finish = await firstValueFrom(this.#waiting$.pipe(filter((waiting) => waiting !== undefined)));
    this.#waiting$.next(undefined);
    finish(offered);
  }

  /** Resolves once it is on the screen; with what resolves once the host has let go of it. */
  async show(buffer?: ClientBuffer, name = ''): Promise<Release> {
    const flipped = firstValueFrom(this.#flips$);
    const release = new Release(() => this.events.push(`released ${name}`));
    await this.offer(buffer && { buffer, onReleased: release.onReleased });
    await flipped;
    return release;
  }

  end(): void {
    this.#running.unsubscribe();
  }

  #draw(): Promise<DrawResult> {
    return new Promise((finish) => {
      this.#waiting$.next(finish);
    });
  }
}

/** Of one present: the host shows and reads its buffer, until it does not. */
class Release {
  count = 0;

  constructor(private readonly onCount: () => void) {}

  readonly onReleased = (): void => {
    this.count++;
    this.onCount();
  };

  async done(): Promise<boolean> {
    for (let i = 0; i < 50 && this.count === 0; i++) await sleep(20);
    return this.count === 1;
  }
}

async function capture(): Promise<string> {
  const { exact, faults } = await askWitness({ captures: 1 });
  return exact === 1 ? 'exact' : faults.join();
}

/** One buffer, imported by two descriptors, that is shown, shown again by its other handle, and replaced. */
async function shown(stage: Stage, [buffer, same]: readonly [ClientBuffer, ClientBuffer]) {
  stage.events.length = 0;
  const first = await stage.show(buffer, 'first');
  const onScreen = await capture();
  const second = await stage.show(same, 'second');
  const early = first.count + second.count;
  await stage.show();
  const released = [await first.done(), await second.done()];
  return { handles: new Set([buffer, same]).size, onScreen, early, released, events: [...stage.events] };
}

/** Both imports of a buffer end while it is on the screen. `count`: its framebuffers. */
async function closed(stage: Stage, [buffer, same]: readonly [ClientBuffer, ClientBuffer], count: () => number) {
  const release = await stage.show(buffer);
  buffer.close();
  const byOne = [buffer.closed, same.closed];
  same.close();
  const onScreen = await capture();
  const whileShown = count();
  const early = release.count;
  await stage.show();
  await release.done();
  return { byOne, byBoth: same.closed, onScreen, whileShown, early, replaced: count() };
}

/** By two descriptors, which are closed once the imports are done. */
function importTwice(head: Head): readonly [ClientBuffer, ClientBuffer] {
  const first = picture(100);
  const second = secondDescriptor(first, head.info.render.node);
  const offer = (fd: number) => {
    const buffer = head.importDmabuf({ fd, width, height, strideBytes: stride, modifier });
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
  const narrow = refusal(() => head.importDmabuf({ fd, width, height, strideBytes: width * 4 - 4, modifier }));
  const short = refusal(() => head.importDmabuf({ fd, width, height: height + 64, strideBytes: stride, modifier }));
  const unknown = refusal(() =>
    head.importDmabuf({ fd, width, height, strideBytes: stride, modifier: modifiers.INVALID }),
  );
  const small = head.importDmabuf({ fd, width: 640, height: 480, strideBytes: stride, modifier });
  const fault = firstValueFrom(head.faults$);
  const release = new Release(() => undefined);
  await stage.offer({ buffer: small, onReleased: release.onReleased });
  const { code, message } = await fault;
  small.close();
  closeSync(fd);
  return { narrow, short, unknown, small: `${code}: ${message}`, released: release.count };
}

/** With an alpha of 0 everywhere; closed while it is on the screen, and the stage with it. */
async function transparent(head: Head, stage: Stage): Promise<string> {
  const fd = picture(200);
  const buffer = head.importDmabuf({ fd, width, height, strideBytes: stride, modifier, format: format.ARGB8888 });
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
