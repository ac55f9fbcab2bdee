/**
 * The set-up's kernel, unpacked once: QEMU starts it at its PVH entry, and no boot unpacks it on an emulated processor (0.77 of
 * a boot's time). A kernel that a user names boots as it is, for its own first steps may be what is tested.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackedKernel } from './payload.js';

/** Beside `image`; `image` itself where it cannot be unpacked, has no PVH entry, or its folder cannot be written. */
export function bootImageOf(image: string): string {
  const unpacked = join(dirname(image), 'vmlinux');
  if (existsSync(unpacked)) return unpacked;
  const kernel = unpackedKernel(image);
  if (kernel === undefined || !hasPvhEntry(kernel)) return image;
  return write(unpacked, kernel) ? unpacked : image;
}

/** Whole or not at all, whoever else does the same at this moment. */
function write(path: string, content: Buffer): boolean {
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
    return true;
  } catch {
    rmSync(partial, { force: true });
    return false;
  }
}

/** XEN_ELFNOTE_PHYS32_ENTRY, an address of four or eight bytes (xen/interface/elfnote.h). */
const owner = 'Xen\0';
const physicalEntry = 18;

function hasPvhEntry(elf: Buffer): boolean {
  return [4, 8].some((size) => {
    const note = Buffer.alloc(12 + owner.length);
    note.writeUInt32LE(owner.length, 0);
    note.writeUInt32LE(size, 4);
    note.writeUInt32LE(physicalEntry, 8);
    note.write(owner, 12, 'latin1');
    return elf.includes(note);
  });
}
