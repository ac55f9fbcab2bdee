/**
 * What producer, broker and consumers say to each other. One set of messages for both legs: the broker is to a consumer what
 * a producer is to the broker. docs/transfer-protocol.md is the reference for others who write an end.
 */
import { Bytes, field, malformed, Room, type Field, type Fields, type ValuesOf } from './fields.js';

/** "GHTR": whoever does not begin with it is no end of a transfer. */
export const magic = 0x5254_4847;
/** The versions that this guesthead speaks. */
export const versions = { oldest: 1, newest: 1 } as const;

/** Bytes: the length of the whole message (32 bits), its kind and its flags, which are 0 (16 bits each). */
export const headerBytes = 8;
/** Of one message: the page list of a buffer of 256 MiB, each of whose pages lies alone, fits. */
export const mostMessageBytes = 1 << 20;
/** Of private data with an export, as Vdmabuf had it. */
export const mostPrivateBytes = 192;

const { u16, u32, u64, id, blob, text, runs } = field;

/** `offset` and `stride` in bytes, `format` a fourcc, `size` the bytes of the whole memory, whole pages. */
const layout = { width: u32, height: u32, format: u32, modifier: u64, offset: u32, stride: u32, size: u64 } as const;

/** Which way each goes: p producer, b broker, c consumer. */
export const kinds = {
  /** p→b, c→b, first of all: the versions that are spoken, and who speaks. */
  hello: { kind: 1, fields: { magic: u32, oldest: u16, newest: u16, name: text } },
  /** b→p, b→c: the version to speak, and the limits. */
  welcome: { kind: 2, fields: { version: u16, mostBuffers: u32, mostBytes: u64 } },
  /** b→p, b→c: a message of kind `what` about buffer `buffer` (or 0) was not taken. */
  refused: { kind: 3, fields: { what: u16, buffer: u32, reason: text } },
  /** p→b: a buffer's layout and its pages, once for its life. */
  register: { kind: 4, fields: { buffer: u32, ...layout, runs } },
  /** b→p: the host can show it. */
  registered: { kind: 5, fields: { buffer: u32 } },
  /** p→b, b→c: the buffer's content is complete, and locked until `released`. */
  export: { kind: 6, fields: { id, buffer: u32, sequence: u64, privateData: blob } },
  /** c→b, b→p: nobody reads it any more. */
  released: { kind: 7, fields: { id } },
  /** p→b: taken back by force. */
  revoke: { kind: 8, fields: { id } },
  /** b→p, b→c: the export has ended without a release. */
  revoked: { kind: 9, fields: { id, reason: text } },
  /** p→b, b→c: the buffer goes; a consumer closes its descriptor and mapping, and answers. */
  unregister: { kind: 10, fields: { buffer: u32 } },
  /** c→b, b→p: nobody holds the buffer's pages any more. */
  unregistered: { kind: 11, fields: { buffer: u32 } },
  /** b→c, with one descriptor, the dma-buf: before the buffer's first `export`. */
  buffer: { kind: 12, fields: { buffer: u32, ...layout } },
} as const satisfies Record<string, { kind: number; fields: Fields }>;

type Kinds = typeof kinds;
export type MessageName = keyof Kinds;
export type MessageOf<Name extends MessageName> = { readonly type: Name } & ValuesOf<Kinds[Name]['fields']>;
export type TransferMessage = { [Name in MessageName]: MessageOf<Name> }[MessageName];
/** How a buffer's pixels lie in its memory. */
export type Layout = ValuesOf<typeof layout>;

/** How a kind is written and read, its fields in their order. */
interface Plan {
  readonly type: MessageName;
  readonly kind: number;
  readonly fields: readonly NamedField[];
  /** Bytes that every message of the kind has, and the fields that some have more of. */
  readonly least: number;
  readonly longer: readonly NamedField[];
}

interface NamedField {
  readonly name: string;
  readonly field: Field<unknown>;
}

function planOf(type: MessageName): Plan {
  const fields = Object.entries(kinds[type].fields as Fields).map(([name, field]) => ({ name, field }));
  const least = fields.reduce((sum, { field }) => sum + field.least, headerBytes);
  return { type, kind: kinds[type].kind, fields, least, longer: fields.filter(({ field }) => 'more' in field) };
}

const names = Object.keys(kinds) as MessageName[];
const plans = Object.fromEntries(names.map((name) => [name, planOf(name)])) as Readonly<Record<MessageName, Plan>>;
const planOfKind = new Map(Object.values(plans).map((plan) => [plan.kind, plan]));

export function kindOf(name: MessageName): number {
  return kinds[name].kind;
}

/** In bytes of its own. Numbers are the caller's to check: one that is too large for its field loses its upper bits. */
export function encode(message: TransferMessage): Buffer {
  const room = new Room(Buffer.allocUnsafe(bytesOf(message))); // every byte of it is written
  write(room, message);
  return room.bytes;
}

/** How long the message is. */
export function bytesOf(message: TransferMessage): number {
  const { least, longer } = plans[message.type];
  const values = valuesOf(message);
  let length = least;
  longer.forEach(({ name, field }) => (length += field.more?.(values[name]) ?? 0));
  return length;
}

/** Into the front of a room for `bytesOf` it. Returns how long it is. */
export function write(room: Room, message: TransferMessage): number {
  const { kind, fields } = plans[message.type];
  const values = valuesOf(message);
  let at = headerBytes;
  fields.forEach(({ name, field }) => (at = field.write(room, at, values[name])));
  room.view.setUint32(0, at, true);
  room.view.setUint32(4, kind, true); // and its flags, 0
  return at;
}

function valuesOf(message: TransferMessage): Readonly<Record<string, unknown>> {
  return message;
}

/** Reads one whole message. Throws ERR_PROTOCOL for what is none; the values themselves are the caller's to check. */
export function decode(bytes: Buffer): TransferMessage {
  if (bytes.length < headerBytes) throw malformed(`${bytes.length} bytes are no header`);
  return read(new Bytes(bytes), 0, bytes.length);
}

/** The same of a message from byte `start` to before byte `end`, its header at least. */
export function read(from: Bytes, start: number, end: number): TransferMessage {
  const { view } = from;
  if (view.getUint32(start, true) !== end - start) throw malformed('its length is not what came');
  const kind = view.getUint16(start + 4, true);
  const flags = view.getUint16(start + 6, true);
  const plan = planOfKind.get(kind);
  if (plan === undefined) throw malformed(`nothing of kind ${kind} is known`);
  if (flags !== 0) throw malformed(`its flags are ${flags}`);
  const values: Record<string, unknown> = { type: plan.type };
  from.enter(start + headerBytes, end);
  plan.fields.forEach(({ name, field }) => (values[name] = field.read(from)));
  if (from.left > 0) throw malformed(`${from.left} bytes follow its end`);
  return values as unknown as TransferMessage;
}
