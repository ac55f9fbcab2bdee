/** Kernel images, modules and folders that look like the real ones to whoever reads their headers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A bzImage's first sectors: the boot header and behind it the version string. */
export function bzImage(release: string, change: (image: Buffer) => void = () => undefined): Buffer {
  const image = Buffer.alloc(4096);
  image.writeUInt16LE(0xaa55, 0x1fe);
  image.write('HdrS', 0x202, 'latin1');
  image.writeUInt16LE(0x020f, 0x206);
  image.writeUInt16LE(0xc00 - 0x200, 0x20e);
  image[0x211] = 1; // loaded high: a bzImage, not a zImage
  image[0x236] = 1; // has a 64-bit entry
  image.write(`${release} (someone@host) #1 SMP PREEMPT_DYNAMIC\0`, 0xc00, 'latin1');
  change(image);
  return image;
}

/** A bzImage that is whole: behind 7 sectors of set-up and the boot sector stands the protected-mode code, and in it the payload. */
export function bzImageWith(payload: Buffer): Buffer {
  const image = bzImage('7.3.4', (header) => {
    header[0x1f1] = 7;
    header.writeUInt32LE(16, 0x248);
    header.writeUInt32LE(payload.length, 0x24c);
  });
  return Buffer.concat([image, Buffer.alloc(16), payload]);
}

/** A file that begins like what is told, at the offsets told. */
export function fileWith(...parts: readonly [offset: number, bytes: string][]): Buffer {
  const file = Buffer.alloc(4096);
  for (const [offset, bytes] of parts) file.write(bytes, offset, 'latin1');
  return file;
}

export interface ModuleFacts {
  readonly depends?: readonly string[];
  readonly vermagic?: string;
}

/** A relocatable ELF64 file with a .modinfo section, as modpost writes it. */
export function moduleFile(
  name: string,
  { depends = [], vermagic = '7.3.4 SMP mod_unload ' }: ModuleFacts = {},
): Buffer {
  const info = Buffer.from(`license=GPL\0depends=${depends.join(',')}\0name=${name}\0vermagic=${vermagic}\0`, 'latin1');
  const names = Buffer.from('\0.modinfo\0.shstrtab\0', 'latin1');
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(1, 16); // relocatable
  header.writeUInt16LE(62, 18); // x86-64
  header.writeBigUInt64LE(BigInt(64 + info.length + names.length), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(3, 60);
  header.writeUInt16LE(2, 62);
  const sections = [
    sectionHeader(0, 0, 0),
    sectionHeader(1, 64, info.length),
    sectionHeader(10, 64 + info.length, names.length),
  ];
  return Buffer.concat([header, info, names, ...sections]);
}

function sectionHeader(name: number, offset: number, size: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(name, 0);
  header.writeBigUInt64LE(BigInt(offset), 24);
  header.writeBigUInt64LE(BigInt(size), 32);
  return header;
}

/** A folder with these files, which goes away with `remove`. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'gh-kernel-'));

  constructor(files: Readonly<Record<string, string | Buffer>> = {}) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string | Buffer): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
