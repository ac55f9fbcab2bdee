/** The XML of a Wayland protocol as plain objects: what wayland-scanner reads of it. */
import { XMLParser } from 'fast-xml-parser';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name, _path, _leaf, isAttribute) =>
    !isAttribute && ['interface', 'request', 'event', 'enum', 'arg', 'entry'].includes(name),
});

/** Letters of a message's signature, as libwayland reads them. */
const letters = {
  int: 'i',
  uint: 'u',
  fixed: 'f',
  string: 's',
  object: 'o',
  new_id: 'n',
  array: 'a',
  fd: 'h',
};

/** `[{ name, version, requests, events, enums }]`. */
export function readProtocol(xml) {
  return (parser.parse(xml).protocol.interface ?? []).map((one) => ({
    name: one.name,
    version: Number(one.version),
    requests: (one.request ?? []).map(readMessage),
    events: (one.event ?? []).map(readMessage),
    enums: (one.enum ?? []).map(readEnum),
  }));
}

function readMessage(message) {
  const args = (message.arg ?? []).flatMap(readArgument);
  const since = Number(message.since ?? 1);
  const letter = ({ type, nullable }) => (nullable ? '?' : '') + letters[type];
  return {
    name: message.name,
    since,
    destroys: message.type === 'destructor',
    signature: (since > 1 ? since : '') + args.map(letter).join(''),
    args,
  };
}

/** An object of no particular interface is made by its name and version, which go before it. */
function readArgument(arg) {
  const one = {
    name: arg.name,
    type: arg.type,
    interface: arg.interface ?? null,
    nullable: arg['allow-null'] === 'true',
  };
  if (one.type !== 'new_id' || one.interface !== null) return [one];
  const plain = { interface: null, nullable: false };
  return [{ name: 'interface', type: 'string', ...plain }, { name: 'version', type: 'uint', ...plain }, one];
}

function readEnum(one) {
  return {
    name: one.name,
    bitfield: one.bitfield === 'true',
    entries: one.entry.map(({ name, value }) => [name, Number(value)]),
  };
}
