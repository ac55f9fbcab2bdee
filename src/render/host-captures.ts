/** What screenshots of the host showed, judged by the pattern that was drawn: counted by the lab, told by a run's result. */
export interface HostCaptures {
  readonly captures: number;
  readonly exact: number;
  readonly torn: number;
  /** Nothing is known of these: no picture was to be had, or it could not be read. */
  readonly unreadable: number;
  /** The first that was not exact. */
  readonly wrong: WrongCapture | null;
}

/** A capture that is not what was drawn, or that is none. */
export interface WrongCapture {
  /** `unreadable` = nothing is known of the pixels. */
  readonly kind: 'differs' | 'unreadable';
  /** In one line, for people. */
  readonly why: string;
  /** The frame's number in the picture; null where it has none that can be read. */
  readonly frame: number | null;
  /** In reading order; the colours as `#rrggbb`. Null where it is not known which frame it should be. */
  readonly firstDifference: {
    readonly x: number;
    readonly y: number;
    readonly expected: string;
    readonly actual: string;
  } | null;
  /** The file as QEMU wrote it, kept on the host; null where there is none. */
  readonly picture: string | null;
}
