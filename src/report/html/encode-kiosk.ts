/** A kiosk's recording as the columns of numbers that a page carries. */
import type { RecordedKiosk } from '../kiosk/recording.js';
import type { KioskData } from './report-data.js';

export function encodeKiosk({ pictures }: RecordedKiosk): KioskData {
  const data = { commitToFlipUs: [] as number[], inputToCommitUs: [] as number[], inputToFlipUs: [] as number[] };
  for (const { committedMs, inputMs, shown } of pictures) {
    if (shown === undefined) continue;
    data.commitToFlipUs.push(microseconds(shown.atMs - committedMs));
    if (inputMs === undefined) continue;
    data.inputToCommitUs.push(microseconds(committedMs - inputMs));
    data.inputToFlipUs.push(microseconds(shown.atMs - inputMs));
  }
  return data;
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
