/** The kernel proper, an ELF file, that an image carries packed in itself. */
import { closeSync, openSync, readSync } from 'node:fs';
import { unpack } from './module-file.js';

/** Of the boot header (Documentation/arch/x86/boot.rst). */
const offsets = { setupSectors: 0x1f1, payload: 0x248, payloadLength: 0x24c };

/** Undefined where it is packed with what nothing here unpacks. */
export function unpackedKernel(image: string): Buffer | undefined {
  return unpackedPayload(readPayload(image));
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
