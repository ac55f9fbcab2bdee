/** One life of the kiosk: a head, a compositor on it, a client in that. */
import { constants } from 'node:os';
import { merge } from 'rxjs';
import { messageOf } from '../errors.js';
import { openGpus, type Gpus, type Head } from '../head/index.js';
import { assertProgram, Kiosk, launch, openSocket, runtimeFolder, type Ended } from '../kiosk/index.js';
import { loadNative } from '../native.js';
import type { KioskOptions } from './kiosk-options.js';
import { RunSignals } from './run-signals.js';

export interface KioskResult {
  /** What the command ends with: the client's own status. */
  readonly status: number;
  readonly client: Ended;
  readonly head: { readonly connector: string; readonly mode: string; readonly path: string };
  readonly frames: {
    readonly shown: number;
    /** Of those, a client's own buffer. */
    readonly direct: number;
    /** Drawn in place of that, by reason. */
    readonly drawn: Readonly<Record<string, number>>;
    readonly discarded: number;
  };
  /** Out of clients' buffers into backbuffers, and on the path `copy` to the display. */
  readonly bytesCopied: number;
}

export async function runKiosk(command: readonly string[], options: KioskOptions): Promise<KioskResult> {
  assertProgram(command[0] ?? '');
  const { render, display, wait, ...headOptions } = options;
  const gpus = await openGpus({ render, display, wait });
  try {
    const head = await gpus.openHead(headOptions);
    return await serve(gpus, head, command);
  } finally {
    gpus.close();
  }
}

async function serve(gpus: Gpus, head: Head, command: readonly string[]): Promise<KioskResult> {
  const kiosk = new Kiosk(head, loadNative()); // throws before there is anything else to close
  const [folder, signals] = [runtimeFolder(), new RunSignals()];
  const faults = merge(kiosk.faults$, head.faults$).subscribe((fault) => {
    process.stderr.write(`kiosk: ${messageOf('client' in fault ? fault.error : fault)}\n`);
  });
  try {
    const { child, ended } = launch(command, folder.path, openSocket(kiosk, folder.path));
    signals.signal$.subscribe((signal) => child.kill(signal));
    const client = await ended;
    return resultOf(client, head, kiosk);
  } finally {
    signals.close();
    faults.unsubscribe();
    kiosk.close();
    folder.close();
    await head.close();
  }
}

function resultOf(client: Ended, head: Head, kiosk: Kiosk): KioskResult {
  const { display, mode, path } = head.info;
  const { shown, direct, drawn, discarded, bytesCopied } = kiosk.counts;
  return {
    status: statusOf(client),
    client,
    head: { connector: display.connector, mode: `${mode.width}x${mode.height}`, path },
    frames: { shown, direct, drawn, discarded },
    bytesCopied: bytesCopied + head.bytesCopied(),
  };
}

/** As a shell has it. */
function statusOf({ code, signal }: Ended): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
