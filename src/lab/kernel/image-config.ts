/** The configuration that a kernel built with CONFIG_IKCONFIG carries in its image, packed twice. */
import { gunzipSync } from 'node:zlib';
import { unpackedKernel } from './payload.js';

/** What stands in front of the configuration and behind it (kernel/configs.c). */
const marks = { start: 'IKCFG_ST', end: 'IKCFG_ED' };

/** Undefined where the image has none, or is packed with what nothing here unpacks. */
export function configInImage(image: string): string | undefined {
  const kernel = unpackedKernel(image);
  const start = kernel?.indexOf(marks.start) ?? -1;
  const end = kernel?.indexOf(marks.end, start) ?? -1;
  if (kernel === undefined || start < 0 || end < 0) return undefined;
  return gunzipSync(kernel.subarray(start + marks.start.length, end)).toString();
}
