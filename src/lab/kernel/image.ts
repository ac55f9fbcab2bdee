/** What an image file says of itself: the x86 boot header (Documentation/arch/x86/boot.rst), or what else it is. */
import { closeSync, openSync, readSync } from 'node:fs';
import { errnoOf, GuestheadError } from '../../errors.js';

/** The real-mode part is at most 64 sectors, and the version string lies in it. */
const headerBytes = 64 * 512 + 4096;
const lab = 'the lab runs x86-64 kernels: build one with ARCH=x86_64';
const bzImage = 'give a bzImage, e.g. arch/x86/boot/bzImage of a build tree or /boot/vmlinuz-RELEASE';

/** Throws ERR_USAGE with what the file is and what to give instead. `read` returns the file's beginning. */
export function releaseOf(path: string, read: (path: string) => Buffer = beginning): string {
  const image = readHeader(path, read);
  const release = isLinux(image) ? versionIn(image).split(' ')[0] : undefined;
  if (release !== undefined && release !== '' && isBootable(image)) return release;
  const { what, advice } = isLinux(image) ? unusable(image) : foreign(image);
  throw new GuestheadError('ERR_USAGE', `${path} is ${what}`, { advice });
}

function readHeader(path: string, read: (path: string) => Buffer): Buffer {
  try {
    return read(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const what = missing ? `No kernel image at ${path}` : `The kernel image ${path} may not be read`;
    const advice = missing ? bzImage : `copy it: sudo install -m 644 ${path} /tmp/, and give the copy`;
    throw new GuestheadError('ERR_USAGE', what, { operation: 'open', errno: errnoOf(cause), advice, cause });
  }
}

function beginning(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(headerBytes);
    return buffer.subarray(0, readSync(fd, buffer, 0, headerBytes, 0));
  } finally {
    closeSync(fd);
  }
}

/** Offsets of the boot header. */
const header = { magic: 0x202, protocol: 0x206, version: 0x20e, loadFlags: 0x211, extendedLoadFlags: 0x236 };
const loadedHigh = 1;
const has64BitEntry = 1;

function isLinux(image: Buffer): boolean {
  return image.length > 0x260 && startsWith(image, header.magic, 'HdrS');
}

function isBootable(image: Buffer): boolean {
  return isBig(image) && is64Bit(image);
}

const isBig = (image: Buffer) => (image.readUInt8(header.loadFlags) & loadedHigh) !== 0;
const is64Bit = (image: Buffer) => (image.readUInt16LE(header.extendedLoadFlags) & has64BitEntry) !== 0;

function versionIn(image: Buffer): string {
  const pointer = image.readUInt16LE(header.version);
  if (pointer === 0) return '';
  const text = image.subarray(pointer + 0x200);
  return text.toString('latin1', 0, Math.max(text.indexOf(0), 0));
}

interface Verdict {
  readonly what: string;
  readonly advice: string;
}

function unusable(image: Buffer): Verdict {
  if (!isBig(image)) return { what: 'a zImage', advice: 'build it with `make bzImage`' };
  if (!is64Bit(image)) return { what: 'a 32-bit kernel', advice: "CONFIG_64BIT=y: the guest runs the host's programs" };
  return { what: 'a Linux image with no version in its boot header', advice: bzImage };
}

interface Kind extends Verdict {
  readonly is: (file: Buffer) => boolean;
}

const elfMachine = { x86: 62 };
const elfRelocatable = 1;
const peMachines: Readonly<Record<number, string>> = { 0xaa64: 'arm64', 0x5064: 'RISC-V', 0x6264: 'LoongArch' };

/** What else people have at hand; the first that fits. */
const kinds: readonly Kind[] = [
  { is: (file) => file.length === 0, what: 'empty', advice: bzImage },
  { is: starts(0x38, 'ARM\x64'), what: 'an arm64 Image', advice: lab },
  { is: starts(0x30, 'RISCV'), what: 'a RISC-V Image', advice: lab },
  { is: starts(4, 'zimg'), what: 'an EFI zboot image of another architecture', advice: lab },
  {
    is: (file) => isElf(file) && file.readUInt16LE(16) === elfRelocatable,
    what: 'an object file or kernel module',
    advice: `${bzImage}, and the folder of the modules with --modules`,
  },
  {
    is: (file) => isElf(file) && file.readUInt16LE(18) === elfMachine.x86,
    what: 'an ELF file, such as vmlinux, which has no boot header',
    advice: 'give arch/x86/boot/bzImage of the same build, or the build tree itself',
  },
  { is: isElf, what: 'an ELF file of another architecture (arm64 or the like)', advice: lab },
  {
    is: (file) => isPe(file) && file.subarray(0, 0x800).includes('.linux\0', 0, 'latin1'),
    what: 'a unified kernel image',
    advice: 'give the vmlinuz in it: objcopy -O binary --only-section=.linux FILE vmlinuz',
  },
  {
    is: starts(0, '!<arch>\ndebian'),
    what: 'a Debian package',
    advice: 'unpack it with dpkg-deb -x FILE DIR, and give DIR',
  },
  {
    is: starts(0, '\xed\xab\xee\xdb'),
    what: 'an RPM package',
    advice: 'unpack it with rpm2cpio FILE | cpio -idm, and give the vmlinuz in it',
  },
  { is: starts(0, '07070'), what: 'an initramfs', advice: bzImage },
  { is: starts(0, '\x1f\x8b'), what: 'a gzip file', advice: `unpack it; ${bzImage}` },
  { is: starts(0, '\xfd7zXZ'), what: 'an xz file', advice: `unpack it; ${bzImage}` },
  { is: starts(0, '\x28\xb5\x2f\xfd'), what: 'a zstd file', advice: `unpack it; ${bzImage}` },
  { is: starts(0, '\x27\x05\x19\x56'), what: 'a U-Boot image', advice: bzImage },
];

function foreign(file: Buffer): Verdict {
  if (isPe(file)) {
    const architecture = peMachines[file.readUInt16LE(peHeader(file) + 4)];
    if (architecture !== undefined) return { what: `an EFI program for ${architecture}`, advice: lab };
  }
  const known = kinds.find(({ is }) => is(file));
  if (known !== undefined) return known;
  return isPe(file)
    ? { what: 'an EFI program without the boot header of Linux', advice: bzImage }
    : { what: 'no Linux image', advice: bzImage };
}

function isElf(file: Buffer): boolean {
  return file.length >= 64 && startsWith(file, 0, '\x7fELF');
}

function isPe(file: Buffer): boolean {
  return file.length >= 64 && startsWith(file, 0, 'MZ') && startsWith(file, peHeader(file), 'PE\0\0');
}

const peHeader = (file: Buffer) => file.readUInt32LE(0x3c);

function starts(offset: number, bytes: string): (file: Buffer) => boolean {
  return (file) => startsWith(file, offset, bytes);
}

function startsWith(file: Buffer, offset: number, bytes: string): boolean {
  return file.toString('latin1', offset, offset + bytes.length) === bytes;
}
