/** C memory, copied into Buffers: what is decoded later cannot have been freed meanwhile. */
import { bindProcess, type Address } from './library.js';

/** A copy of `length` bytes. The caller vouches that they are readable. */
export function copyMemory(address: Address, length: number): Buffer {
  const copy = Buffer.alloc(length);
  if (length > 0) libc().memcpy(copy, address, length);
  return copy;
}

/** The NUL-terminated UTF-8 string at `address`, which stays the library's. */
export function copyString(address: Address): string {
  return copyMemory(address, libc().strlen(address)).toString();
}

/** `count` elements of a C array of `uint32_t`. */
export function copyUint32s(address: Address, count: number): number[] {
  const bytes = copyMemory(address, count * 4);
  return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * 4));
}

/** `count` elements of a C array of `uint64_t`. */
export function copyUint64s(address: Address, count: number): bigint[] {
  const bytes = copyMemory(address, count * 8);
  return Array.from({ length: count }, (_, index) => bytes.readBigUInt64LE(index * 8));
}

/** `length` zeroed bytes of C memory, which the caller ends with `freeMemory`; for what the kernel writes through a pointer in a struct. */
export function allocateMemory(length: number): Address {
  return libc().calloc(1, length);
}

/** Ends what `allocateMemory` or a library gave away with `malloc`. */
export function freeMemory(address: Address): void {
  libc().free(address);
}

/**
 * Sets `errno` to 0. For functions that may fail without setting it, as Mesa's
 * do: otherwise an earlier call's errno would be blamed.
 */
export function clearErrno(): void {
  const { memset, __errno_location: location } = libc();
  memset(location(), 0, 4);
}

type Libc = ReturnType<typeof bindLibc>;
let bound: Libc | undefined;

function libc(): Libc {
  bound ??= bindLibc();
  return bound;
}

function bindLibc() {
  return bindProcess({
    memcpy: ['address', 'buffer', 'address', 'ulong'],
    memset: ['address', 'address', 'int', 'ulong'],
    calloc: ['address', 'ulong', 'ulong'],
    free: ['void', 'address'],
    strlen: ['ulong', 'address'],
    __errno_location: ['address'],
  });
}
