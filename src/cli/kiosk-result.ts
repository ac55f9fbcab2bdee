/** What `guesthead kiosk --json` tells at the end. */
import { constants } from 'node:os';
import type { ClientCounts, Ended, KioskHead, SeatInfo } from '../kiosk/index.js';
import type { GpuResult, PictureResult } from '../report/kiosk/index.js';

export interface HeadResult {
  readonly head: { readonly connector: string; readonly mode: string; readonly path: string };
  readonly frames: {
    readonly shown: number;
    /** Of those, a client's own buffer. */
    readonly direct: number;
    /** Drawn in place of that, by reason. */
    readonly drawn: Readonly<Record<string, number>>;
    /** Of those, the GPU's. */
    readonly byGpu: number;
    readonly discarded: number;
  };
  /** Out of clients' buffers into backbuffers, and on the path `copy` to the display. */
  readonly bytesCopied: number;
}

export interface ClientResult {
  readonly client: Ended;
  /** How often it was started. */
  readonly starts: number;
}

/** With what is said of the first client and the first head, which in most kiosks are the only ones. */
export interface KioskResult extends HeadResult, ClientResult {
  /** What the command ends with: the first client's own status, or that of the first other one which has failed. */
  readonly status: number;
  readonly clients: readonly ClientResult[];
  readonly heads: readonly HeadResult[];
  /** Of whoever found the socket, in all, and why those that have gone did. */
  readonly connections: Pick<ClientCounts, 'total' | 'ended'>;
  /** By whom the display and the input devices were opened. */
  readonly seat: SeatInfo;
  /** Whether its event loop is a real-time thread. */
  readonly realTime: boolean;
  /** Null where nobody asked for a result, and so nothing was timed. */
  readonly timed: PictureResult | null;
  /** How the render GPU drew; null where it drew nothing, or nobody asked for a result. */
  readonly gl: GpuResult | null;
}

type Counted = Pick<KioskResult, 'connections' | 'timed' | 'seat' | 'realTime' | 'gl'>;

export function resultOf(
  clients: readonly ClientResult[],
  heads: readonly HeadResult[],
  { connections: { total, ended }, timed, seat, realTime, gl }: Counted,
): KioskResult {
  const [client, head] = [clients[0], heads[0]];
  if (client === undefined || head === undefined) throw new TypeError('a kiosk has a client and a head');
  const status = clients.map((each) => statusOf(each.client)).find((each) => each !== 0) ?? 0;
  return { status, ...client, ...head, clients, heads, connections: { total, ended }, seat, realTime, timed, gl };
}

export function headResult({ head, counts }: KioskHead): HeadResult {
  const { display, mode, path } = head.info;
  const { shown, direct, drawn, byGpu, discarded, bytesCopied } = counts;
  return {
    head: { connector: display.connector, mode: `${mode.width}x${mode.height}`, path },
    frames: { shown, direct, drawn, byGpu, discarded },
    bytesCopied: bytesCopied + head.bytesCopied(),
  };
}

/** As a shell has it. */
function statusOf({ code, signal }: Ended): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
