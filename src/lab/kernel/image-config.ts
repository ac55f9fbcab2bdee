/** The configuration that a kernel built with CONFIG_IKCONFIG carries in its image, packed twice. */
import { closeSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { unpack } from './module-file.js';

/** Of the boot header (Documentation/arch/x86/boot.rst). */
const offsets = { setupSectors: 0x1f1, payload: 0x248, payloadLength: 0x24c };
/** What stands in front of the configuration and behind it (kernel/configs.c). */
const marks = { start: 'IKCFG_ST', end: 'IKCFG_ED' };

/** Undefined where the image has none, or is packed with what nothing here unpacks. */
export function configInImage(image: string): string | undefined {
  const kernel = unpackedPayload(readPayload(image));
  const start = kernel?.indexOf(marks.start) ?? -1;
  const end = kernel?.indexOf(marks.end, start) ?? -1;
  if (kernel === undefined || start < 0 || end < 0) return undefined;
  return gunzipSync(kernel.subarray(start + marks.start.length, end)).toString();
}

function readPayload(image: string): Buffer {
  const fd = openSync(image, 'r');
  try {
    const header = Buffer.alloc(0x260);
    readSync(fd, header, 0, header.length, 0);
    // 0 means 4, as ever since the protocol's first version
    const protectedMode = ((header[offsets.setupSectors] ?? 0) || 4) * 512 + 512;
    const payload = Buffer.alloc(header.readUInt32LE(offsets.payloadLength));
    const length = readSync(fd, payload, 0, payload.length, protectedMode + header.readUInt32LE(offsets.payload));
    return payload.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

/** All but gzip, which ends with it anyway, have the length of what they hold behind them. */
function unpackedPayload(payload: Buffer): Buffer | undefined {
  const begins = (bytes: string) => payload.toString('latin1', 0, bytes.length) === bytes;
  if (begins('\x1f\x8b')) return unpack('.gz', payload);
  if (begins('\xfd7zXZ')) return unpack('.xz', payload.subarray(0, -4));
  if (begins('\x28\xb5\x2f\xfd')) return unpack('.zst', payload.subarray(0, -4));
  return undefined;
}
