/** A kiosk in a trace: a track for each client, with its pictures from commit to flip, and one for what the user did. */
import type { RecordedClient, RecordedKiosk, RecordedPicture } from '../kiosk/recording.js';
import { instant, microseconds, processNamed, threadNamed, type AsyncEdge, type TraceEvent } from './events.js';

/** Behind all heads, before the GPU's thread. */
export const kioskPid = 800;
const input = kioskPid * 1000;
/** As many clients as a trace of a few minutes may have: those that come later share the last one's track. */
const mostTracks = 900;

/** In the order in which the pictures ended. `untilMs`: when the recording ended. */
export function* kioskEvents({ clients, pictures }: RecordedKiosk, untilMs: number): Generator<TraceEvent> {
  yield* processNamed(kioskPid, 'kiosk', kioskPid);
  yield* threadNamed(kioskPid, input, 'input');
  for (const client of clients) yield* clientEvents(client, untilMs);
  for (const [id, picture] of pictures.entries()) yield* pictureEvents(picture, id);
}

function* clientEvents(
  { number, pid, connectedMs, goneMs, end }: RecordedClient,
  untilMs: number,
): Generator<TraceEvent> {
  const tid = trackOf(number);
  const process = pid === undefined ? '' : ` (process ${pid})`;
  yield* threadNamed(kioskPid, tid, `client ${number}${process}`);
  yield* pair({ tid, cat: 'client', name: 'connected', id: `c${number}` }, connectedMs, goneMs ?? untilMs);
  if (goneMs !== undefined)
    yield instant({ pid: kioskPid, tid, ts: microseconds(goneMs), name: `gone: ${end ?? 'left'}` });
}

function* pictureEvents({ client, committedMs, inputMs, shown }: RecordedPicture, id: number): Generator<TraceEvent> {
  const tid = trackOf(client);
  if (shown === undefined) {
    yield instant({ pid: kioskPid, tid, ts: microseconds(committedMs), name: 'unseen' });
    return;
  }
  const { connector, atMs, zeroCopy } = shown;
  const args = { connector, zeroCopy, commitToFlipMs: atMs - committedMs };
  yield* pair({ tid, cat: 'picture', name: zeroCopy ? 'direct' : 'drawn', id: `p${id}`, args }, committedMs, atMs);
  if (inputMs === undefined) return;
  const answer = { client, inputToCommitMs: committedMs - inputMs, inputToFlipMs: atMs - inputMs };
  yield* pair({ tid: input, cat: 'input', name: `client ${client}`, id: `i${id}`, args: answer }, inputMs, atMs);
}

function trackOf(client: number): number {
  return input + Math.min(client, mostTracks);
}

/** Several may be under way at a time. */
function* pair(
  placed: Pick<AsyncEdge, 'tid' | 'cat' | 'name' | 'id' | 'args'>,
  fromMs: number,
  toMs: number,
): Generator<AsyncEdge> {
  const from = microseconds(fromMs);
  yield { ph: 'b', pid: kioskPid, ...placed, ts: from };
  yield { ph: 'e', pid: kioskPid, ...placed, ts: Math.max(from, microseconds(toMs)) };
}
