/** Notices a guest that hangs. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked, of the time that a guest may be silent. */
const looks = 12;

export interface Heart {
  /** How often the guest has said that it lives. */
  beats(): number;
  /** A guest that does not run is silent by right. */
  isRunning(): Promise<boolean>;
}

/**
 * Resolves once a running guest has been silent for so long; rejects with the signal's reason. The looks are counted and not the
 * time, so that a host that was asleep itself does not take the guest for hung.
 */
export async function silenceOf(heart: Heart, silentMs: number, signal: AbortSignal): Promise<void> {
  const everyMs = silentMs / looks;
  const rest = () => sleep(everyMs, true, { signal });
  let last = -1;
  for (let silent = 0; silent < looks; await rest()) {
    const beats = heart.beats();
    // A QEMU that does not even say whether it runs hangs with its guest.
    const isSilent = beats === last && (await Promise.race([heart.isRunning(), rest()]));
    silent = isSilent ? silent + 1 : 0;
    last = beats;
  }
}
