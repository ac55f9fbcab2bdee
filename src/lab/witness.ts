/**
 * The host's side of a run: screenshots over QMP while the guest flips, compared
 * with what the counter pattern must look like. The guest asks, over a second
 * virtio-serial port, once it shows the pattern; it gets the judgement back and
 * counts it into its own verdict.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestheadError, messageOf } from '../errors.js';
import { judgeCapture, parsePpm } from '../render/index.js';
import { gpuId } from './machine.js';
import type { Qmp } from './qmp.js';
import { readLines } from './sockets.js';

export const witnessPort = '/dev/virtio-ports/guesthead.witness';

export interface WitnessRequest {
  readonly captures: number;
  /** The head to look at, from 0; default: the first. */
  readonly head?: number;
}

export interface WitnessReport {
  readonly captures: number;
  readonly exact: number;
  readonly torn: number;
  /** One line for each capture that was not exact. */
  readonly faults: readonly string[];
}

/** What takes the screenshots. */
type Screen = Pick<Qmp, 'execute'>;

/** Between captures, so that each shows another buffer. */
const pauseMs = 150;

/** Answers the guest's requests, one a line, in their order, until the socket closes. */
export function serveWitness(
  socket: Socket,
  qmp: Screen,
  file: string,
  onReport?: (report: WitnessReport) => void,
): void {
  let answered = Promise.resolve(); // one capture at a time: they share the file
  readLines(socket, (line) => {
    answered = answered.then(async () => {
      const report = await answer(qmp, file, line);
      onReport?.(report);
      if (!socket.destroyed) socket.write(`${JSON.stringify(report)}\n`);
    });
  });
}

/** Also a line that is no request has an answer, or the guest would wait for ever. */
async function answer(qmp: Screen, file: string, line: string): Promise<WitnessReport> {
  try {
    return await capture(qmp, file, JSON.parse(line) as WitnessRequest);
  } catch (error) {
    return { captures: 0, exact: 0, torn: 0, faults: [messageOf(error)] };
  }
}

async function capture(qmp: Screen, file: string, { captures, head = 0 }: WitnessRequest): Promise<WitnessReport> {
  const report = { captures: 0, exact: 0, torn: 0, faults: [] as string[] };
  for (let i = 0; i < captures; i++) {
    await sleep(pauseMs);
    report.captures++;
    try {
      const verdict = await captureOnce(qmp, file, head);
      if (verdict.exact) report.exact++;
      else report.faults.push(describe(verdict));
      if (verdict.torn) report.torn++;
    } catch (error) {
      report.faults.push(messageOf(error));
    }
  }
  return report;
}

async function captureOnce(qmp: Screen, file: string, head: number): Promise<ReturnType<typeof judgeCapture>> {
  await qmp.execute('screendump', { filename: file, device: gpuId, head });
  return judgeCapture(parsePpm(await readFile(file)));
}

function describe({ frame, torn, firstDifference }: ReturnType<typeof judgeCapture>): string {
  const where = firstDifference === undefined ? '' : ` at ${firstDifference.x},${firstDifference.y}`;
  return `${frame === undefined ? 'no readable frame number' : `frame ${frame} differs${where}`}${torn ? ', torn' : ''}`;
}

/** Ends with the last request of this process. */
let asked: Promise<unknown> = Promise.resolve();

/** The guest's side: asks the host for captures of what is on a head now. Requests of one process wait for each other. */
export function askWitness(request: WitnessRequest, port = witnessPort): Promise<WitnessReport> {
  const answer = asked.then(() => ask(request, port));
  asked = answer.catch(() => undefined);
  return answer;
}

async function ask(request: WitnessRequest, port: string): Promise<WitnessReport> {
  const file = await open(port, 'r+'); // one open for both ways: a port has one reader and writer
  try {
    await file.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await readLine(file, port)) as WitnessReport;
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
