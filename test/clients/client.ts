/** A Wayland client that others wrote, and what is expected of it on the kiosk. */
import type { LabInput } from '../../src/lab/index.js';
import type { Sight } from './sight.js';

export interface RealClient {
  readonly name: string;
  /** Debian's; the first one's version is told. */
  readonly packages: readonly string[];
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the host sees of it at first. */
  readonly shows: Sight;
  /** What somebody does to it, and what the host sees then; or why there is nothing that it answers to. */
  readonly uses: Use | string;
  /** `SIGTERM`: of the kiosk's, which hands it on. */
  readonly ends: { readonly by: Act | 'SIGTERM'; readonly status: number };
  /** Lines that sound like a fault and are none of the kiosk's. */
  readonly harmless?: readonly Known[];
  /** A line by which it says that it cannot run here, whatever the kiosk does. */
  readonly excuse?: Known;
  /** For its first frame, under emulation. */
  readonly seconds: number;
}

export interface Use {
  readonly by: Act;
  readonly shows: Sight;
}

export interface Known {
  readonly says: RegExp;
  readonly why: string;
}

/** By the host's devices. */
export interface Act {
  readonly what: string;
  readonly do: (input: LabInput) => Promise<void>;
}

/** Where: 0 to 1 across the head and down. */
export function click(x = 0.5, y = 0.5): Act {
  return {
    what: `a click at ${x}, ${y}`,
    do: async (input) => {
      await input.moveTo(x, y);
      for (const down of [true, false]) await input.button('left', down);
    },
  };
}

/** QEMU's names of keys, which are down together. */
export function keys(...names: string[]): Act {
  return {
    what: `the key ${names.join('+')}`,
    do: async (input) => {
      for (const name of names) await input.key(name, true);
      for (const name of [...names].reverse()) await input.key(name, false);
    },
  };
}
