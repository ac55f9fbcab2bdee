/** What a process has mapped, as /proc/PID/maps tells. Pure. */

/** One mapping, in bytes; `end` lies behind it. */
export interface Area {
  readonly start: bigint;
  readonly end: bigint;
  /** Writes go to the file. */
  readonly isShared: boolean;
  /** The file by device and inode, as `00:01 1234`; undefined where there is none behind it. */
  readonly file: string | undefined;
  /** Its path, as the process's descriptors of it link to it; empty where there is none. */
  readonly path: string;
  /** Of `start`, in the file. */
  readonly offset: bigint;
}

/** `7f95cbfff000-7f964bfff000 rw-s 00000000 00:01 1027 /memfd:memory-backend-memfd (deleted)` */
const line = /^([0-9a-f]+)-([0-9a-f]+) ..(?:.)([sp]) ([0-9a-f]+) ([0-9a-f]+:[0-9a-f]+) (\d+) *(.*)$/gm;

/** In ascending order, as the kernel prints them. */
export function areasIn(maps: string): Area[] {
  return [...maps.matchAll(line)].map(([, start, end, sharing, offset, device, inode, path = '']) => ({
    start: BigInt(`0x${start}`),
    end: BigInt(`0x${end}`),
    isShared: sharing === 's',
    file: inode === '0' ? undefined : `${device} ${inode}`,
    path,
    offset: BigInt(`0x${offset}`),
  }));
}

/** The file's part that `bytes` from `address` on show. */
export interface FilePart {
  readonly file: string;
  readonly offset: bigint;
  /** The mapping that the address is in. */
  readonly area: Area;
}

/** `private`: the process's own memory, which nobody else can open; undefined: it has nothing there, or not in one piece. */
type Part = FilePart | 'private' | undefined;

/** Where some of a guest's memory lies in QEMU's. */
export interface Place {
  readonly address: bigint;
  readonly bytes: bigint;
}

/** A process that has something at each of the places, and what. */
export interface Found<P> {
  readonly process: P;
  readonly parts: readonly Part[];
}

/**
 * Several may have something there: V8 alone reserves 32 GiB of addresses that it does not use. So one that has a file at
 * one of the places comes before one that has none.
 */
export function processAt<P extends { readonly areas: readonly Area[] }>(
  processes: readonly P[],
  places: readonly Place[],
): Found<P> | undefined {
  const found = processes
    .filter(({ areas }) => places.every(({ address }) => areas.some((area) => isIn(area, address))))
    .map((process) => ({
      process,
      parts: places.map(({ address, bytes }) => fileBehind(process.areas, address, bytes)),
    }));
  return found.find(({ parts }) => parts.some(isFile)) ?? found[0];
}

export function isFile(part: Part): part is FilePart {
  return typeof part === 'object';
}

function isIn({ start, end }: Area, address: bigint): boolean {
  return start <= address && address < end;
}

/** What of a process lies at the address, and goes on for so many bytes. */
export function fileBehind(areas: readonly Area[], address: bigint, bytes: bigint): Part {
  const first = areas.findIndex((area) => isIn(area, address));
  const area = areas[first];
  if (area === undefined) return undefined;
  if (!area.isShared || area.file === undefined) return 'private';
  if (address + bytes > endOfPiece(area, areas.slice(first + 1))) return undefined;
  return { file: area.file, offset: area.offset + address - area.start, area };
}

/** The kernel cuts a mapping wherever a part was given other properties (huge pages, left out of core dumps). */
function endOfPiece(first: Area, following: readonly Area[]): bigint {
  let last = first;
  for (const next of following) {
    const goesOn = next.isShared && next.file === last.file && next.start === last.end;
    if (!goesOn || next.offset !== last.offset + last.end - last.start) break;
    last = next;
  }
  return last.end;
}
