/** One kernel module as a file: unpacked where it is compressed, and what its .modinfo section says. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import * as zlib from 'node:zlib';

const largestModule = 1 << 30;

/** How a module's name is written in lists, whatever its file is called. */
export function moduleName(file: string): string {
  return file
    .replace(/^.*\//, '')
    .replace(/\.k?o(\.\w+)?$/, '')
    .replaceAll('-', '_');
}

/** The ELF file; undefined where it is compressed and this host has nothing that unpacks it. */
export function readModule(path: string): Buffer | undefined {
  return unpack(extname(path), readFileSync(path));
}

/** What packed it is told by a file's ending. */
export function unpack(ending: string, content: Buffer): Buffer | undefined {
  switch (ending) {
    case '.gz':
      return zlib.gunzipSync(content);
    case '.xz':
      return unpackedBy('xz', content);
    case '.zst':
      return unzstd(content);
    default:
      return content;
  }
}

/** Node has zstd from 22.15 on. */
function unzstd(content: Buffer): Buffer | undefined {
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (content: Buffer) => Buffer };
  return zstdDecompressSync?.(content) ?? unpackedBy('zstd', content);
}

function unpackedBy(program: string, input: Buffer): Buffer | undefined {
  try {
    return execFileSync(program, ['-dc'], { input, maxBuffer: largestModule, stdio: ['pipe', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
}

export interface ModuleInfo {
  /** Names with underscores; only what is a module too, for modpost leaves out what is built in. */
  readonly depends: readonly string[];
  /** The release it was built for, and with what. */
  readonly vermagic: string;
}

/** Of an ELF64 file; nothing where it has no such section. */
export function moduleInfo(elf: Buffer): ModuleInfo {
  const entries = (section(elf, '.modinfo')?.toString('latin1') ?? '').split('\0');
  const value = (key: string) => entries.find((entry) => entry.startsWith(`${key}=`))?.slice(key.length + 1) ?? '';
  return {
    depends: value('depends').split(',').filter(Boolean).map(moduleName),
    vermagic: value('vermagic').trim(),
  };
}

/** Offsets of the ELF64 file header and of a section header (elf(5)). */
const file = { sections: 40, sectionSize: 58, sectionCount: 60, namesIndex: 62 };
const entry = { name: 0, offset: 24, size: 32 };

function section(elf: Buffer, wanted: string): Buffer | undefined {
  if (elf.length < 64 || elf.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const table = Number(elf.readBigUInt64LE(file.sections));
  const at = (index: number) => table + index * elf.readUInt16LE(file.sectionSize);
  const bytes = (header: number) => {
    const start = Number(elf.readBigUInt64LE(header + entry.offset));
    return elf.subarray(start, start + Number(elf.readBigUInt64LE(header + entry.size)));
  };
  const names = bytes(at(elf.readUInt16LE(file.namesIndex)));
  for (let index = 0; index < elf.readUInt16LE(file.sectionCount); index++) {
    const start = elf.readUInt32LE(at(index) + entry.name);
    if (names.toString('latin1', start, names.indexOf(0, start)) === wanted) return bytes(at(index));
  }
  return undefined;
}
