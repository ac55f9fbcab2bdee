/** What the page's script is given, as JSON in the page. Times and durations are whole µs; times count from the report's origin. */

/** One array a figure, each as long as there are frames; in the order of the flips. */
export interface FrameColumns {
  readonly frame: readonly number[];
  readonly slot: readonly number[];
  readonly flippedUs: readonly number[];
  readonly drawUs: readonly number[];
  readonly commitUs: readonly number[];
  /** From the commit to the flip. */
  readonly flipUs: readonly number[];
  /** From the start of the drawing to the flip. */
  readonly latencyUs: readonly number[];
  /** From the successor's flip until the host was done with the buffer; null where that was not seen. */
  readonly drainUs: readonly (number | null)[];
  readonly missed: readonly number[];
  readonly dropped: readonly number[];
  /** The sum of `frameFlags`. */
  readonly flags: readonly number[];
}

export const frameFlags = { tearRisk: 1, starved: 2, drawnLate: 4 } as const;

export interface FlushFenceColumns {
  readonly atUs: readonly number[];
  /** After the commit. */
  readonly us: readonly number[];
}

export interface FaultData {
  readonly atUs: number;
  readonly code: string;
  readonly message: string;
}

export interface HeadData {
  readonly connector: string;
  /** Backbuffers, or as many as the frames name. */
  readonly lanes: number;
  /** Of one refresh cycle. */
  readonly periodUs: number;
  /** The measured flips are those after the first and up to the second; null where none was measured. */
  readonly measuredUs: readonly [from: number, to: number] | null;
  readonly frames: FrameColumns;
  readonly flushFences: FlushFenceColumns;
  readonly faults: readonly FaultData[];
}

/** Drawings of the measured time; one array a figure, in the order of their ends. */
export interface GpuData {
  readonly drawings: {
    readonly atUs: readonly number[];
    readonly callUs: readonly number[];
    readonly queueUs: readonly number[];
    readonly waitUs: readonly number[];
    readonly drawUs: readonly number[];
  };
  /** From the call of `compose` to the end of the drawing. */
  readonly renderFences: { readonly atUs: readonly number[]; readonly us: readonly number[] };
}

/** Of the pictures that clients have committed and that were shown. */
export interface KioskData {
  readonly commitToFlipUs: readonly number[];
  readonly inputToCommitUs: readonly number[];
  readonly inputToFlipUs: readonly number[];
}

export interface PageData {
  readonly heads: readonly HeadData[];
  /** Null where the CPU drew. */
  readonly gpu: GpuData | null;
  /** Null in a page about a run. */
  readonly kiosk: KioskData | null;
}
