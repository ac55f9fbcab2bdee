/**
 * The host's side of a run: screenshots over QMP while the guest flips, compared
 * with what the counter pattern must look like. The guest asks, over a second
 * virtio-serial port, once it shows the pattern; it gets the judgement back and
 * counts it into its own verdict.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError, messageOf } from '../errors.js';
import {
  captureJudge,
  wrongIn,
  type CaptureJudge,
  type HostCaptures,
  type JudgeKind,
  type WrongCapture,
} from '../render/index.js';
import type { Camera, OpenCamera } from './camera.js';
import { readLines } from '../qmp/index.js';
import type { TransferReport } from './picture-judge.js';
import type { TransferJudge } from './transfer.js';

export const witnessPort = '/dev/virtio-ports/guesthead.witness';

export interface WitnessRequest {
  readonly captures: number;
  /** The head to look at, from 0; default: the first. */
  readonly head?: number;
  /** By what; default: every pixel of the counter pattern. */
  readonly judge?: JudgeKind;
}

/** What is asked for in place of captures: how the pictures were that a judging consumer received. */
export interface TransferRequest {
  readonly transfer: true;
}

export interface WitnessReport extends HostCaptures {
  /** One line for each capture that was not exact. */
  readonly faults: readonly string[];
}

/** Where the first wrong one of a request is kept, but for the ending; its name gets a number. */
type KeptName = (number: number) => string;

/** Between captures, so that each shows another buffer. */
const pauseMs = 150;

/** Answers the guest's requests, one a line, in their order, until the socket closes. */
export function serveWitness(
  socket: Socket,
  openCamera: OpenCamera,
  kept: KeptName,
  onReport?: (report: WitnessReport) => void,
  transfer?: Pick<TransferJudge, 'report'>,
): void {
  const witness = new Witness(openCamera, kept);
  let answered = Promise.resolve(); // one capture at a time: they share the file
  readLines(socket, (line) => {
    answered = answered.then(async () => {
      const isTransfer = 'transfer' in requestIn(line);
      const report = isTransfer ? transferReport(transfer) : await answer(witness, line);
      if ('captures' in report) onReport?.(report);
      if (!socket.destroyed) socket.write(`${JSON.stringify(report)}\n`);
    });
  });
}

function requestIn(line: string): object {
  try {
    return Object(JSON.parse(line)) as object;
  } catch {
    return {};
  }
}

function transferReport(transfer: Pick<TransferJudge, 'report'> | undefined): TransferReport {
  return transfer?.report() ?? nothingReceived;
}

const nothingReceived: TransferReport = {
  ...{ received: 0, exact: 0, torn: 0, unjudged: 0, judgeMs: null, arrival: null },
  faults: ['the lab has no broker (--transfer)'],
};

/** Also a line that is no request has an answer, or the guest would wait for ever. */
async function answer(witness: Witness, line: string): Promise<WitnessReport> {
  try {
    return await witness.capture(JSON.parse(line) as WitnessRequest);
  } catch (error) {
    return { captures: 0, exact: 0, torn: 0, unreadable: 0, wrong: null, faults: [messageOf(error)] };
  }
}

class Witness {
  #kept = 0;

  constructor(
    private readonly openCamera: OpenCamera,
    private readonly keptName: KeptName,
  ) {}

  async capture({ captures, head = 0, judge: kind = 'pixels' }: WitnessRequest): Promise<WitnessReport> {
    const camera = await this.openCamera(head).catch(brokenCamera);
    try {
      return await this.#captureAll(camera, captures, captureJudge(kind));
    } finally {
      camera.close();
    }
  }

  async #captureAll(camera: Camera, captures: number, judge: CaptureJudge): Promise<WitnessReport> {
    const counts = { captures: 0, exact: 0, torn: 0, unreadable: 0 };
    const faults: string[] = [];
    let first: WrongCapture | null = null;
    for (let i = 0; i < captures; i++) {
      await sleep(pauseMs);
      const { wrong, torn, taken } = await look(camera, judge);
      counts.captures++;
      if (torn) counts.torn++;
      if (wrong === undefined) counts.exact++;
      else {
        if (wrong.kind === 'unreadable') counts.unreadable++;
        faults.push(wrong.why);
        first ??= { ...wrong, picture: taken ? await this.#keep(camera) : null };
      }
    }
    return { ...counts, wrong: first, faults };
  }

  /** Null where that fails: the capture is told of all the same. */
  async #keep(camera: Camera): Promise<string | null> {
    return camera.keep(this.keptName(++this.#kept)).catch(() => null);
  }
}

/** One capture. */
interface Seen {
  /** There is a file of it. */
  readonly taken: boolean;
  readonly torn: boolean;
  /** Undefined where it is exact. */
  readonly wrong: Omit<WrongCapture, 'picture'> | undefined;
}

/** None of its captures can be had, each for the same reason. */
function brokenCamera(error: Error): Camera {
  const fail = () => Promise.reject(error);
  return { take: fail, read: fail, keep: fail, close: () => undefined };
}

async function look(camera: Camera, judge: CaptureJudge): Promise<Seen> {
  let taken = false;
  try {
    await camera.take();
    taken = true;
    const verdict = judge(await camera.read());
    return { taken, torn: verdict.torn, wrong: verdict.exact ? undefined : wrongIn(verdict) };
  } catch (error) {
    const why = messageOf(error);
    return { taken, torn: false, wrong: { kind: 'unreadable', why, frame: null, firstDifference: null } };
  }
}

/** Ends with the last request of this process. */
let asked: Promise<unknown> = Promise.resolve();

/** The guest's side: asks the host for captures of what is on a head now. Requests of one process wait for each other. */
export function askWitness(request: WitnessRequest, port = witnessPort): Promise<WitnessReport> {
  return askInTurn<WitnessReport>(request, port);
}

/** How the pictures were that the lab's consumer received since the last such question. */
export function askTransferJudge(port = witnessPort): Promise<TransferReport> {
  return askInTurn<TransferReport>({ transfer: true }, port);
}

function askInTurn<Report>(request: WitnessRequest | TransferRequest, port: string): Promise<Report> {
  const answer = asked.then(() => ask(request, port)) as Promise<Report>;
  asked = answer.catch(() => undefined);
  return answer;
}

async function ask(request: WitnessRequest | TransferRequest, port: string): Promise<unknown> {
  const file = await open(port, 'r+'); // one open for both ways: a port has one reader and writer
  try {
    await file.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await readLine(file, port)) as unknown;
  } finally {
    await file.close();
  }
}

/** Reads no further than the line's end: a read left waiting would keep the process from ending. */
async function readLine(file: FileHandle, port: string): Promise<string> {
  let text = '';
  while (!text.endsWith('\n')) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4096));
    if (bytesRead === 0) throw new GuestheadError('ERR_LAB', 'The host did not answer', { device: port });
    text += buffer.toString('utf8', 0, bytesRead);
  }
  return text;
}
