/** The modules of src/wayland/protocol/: what is known of each interface while it runs, and for the compiler. */

const heading = (sentence) => `/** ${sentence} Written by scripts/generate-protocols.mjs, not by hand. */\n`;

/** What the addon is given, and who ends an object. */
export function tablesModule(interfaces) {
  const message = ({ name, signature, args, destroys }) => {
    const types = args.map((arg) => arg.interface);
    return `[${[name, signature, types, ...(destroys ? [true] : [])].map((each) => JSON.stringify(each)).join(', ')}]`;
  };
  const table = ({ name, version, requests, events }) => `{
    name: '${name}', version: ${version},
    requests: [${requests.map(message).join(', ')}],
    events: [${events.map(message).join(', ')}],
  }`;
  return `${heading('The interfaces, as wayland-scanner would write them.')}
import type { InterfaceTable } from '../../native/wayland.js';

export const tables: readonly InterfaceTable[] = [${interfaces.map(table).join(',\n')}];
`;
}

/** How each request is handled and each event sent. */
export function typesModule(interfaces) {
  const known = new Set(interfaces.map(({ name }) => name));
  const message = ({ name, args }) =>
    `'${name}'(${args.map((arg) => `${safe(arg.name)}: ${typeOf(arg, known)}`).join(', ')}): void;`;
  const group = (messages) => (messages.length === 0 ? 'object' : `{ ${messages.map(message).join('\n')} }`);
  const one = ({ name, requests, events }) => `${name}: {
    requests: ${group(requests)};
    events: ${group(events)};
  };`;
  const body = interfaces.map(one).join('\n');
  const names = body.includes('AnyResource') ? 'AnyResource, Resource' : 'Resource';
  return `${heading('The requests and events of each interface.')}
import type { ${names} } from '../resource.js';

declare module '../resource.js' {
  interface Protocol {
    ${body}
  }
}
`;
}

/** Numbers by their names. */
export function enumsModule(interfaces) {
  const entries = ({ entries: all }) => `{ ${all.map(([name, value]) => `'${name}': ${value}`).join(', ')} }`;
  const one = ({ name, enums }) => `${name}: { ${enums.map((each) => `${each.name}: ${entries(each)}`).join(', ')} }`;
  const having = interfaces.filter(({ enums }) => enums.length > 0);
  return `${heading('The enumerations of each interface.')}
export const enums = { ${having.map(one).join(',\n')} } as const;
`;
}

const plain = { int: 'number', uint: 'number', fixed: 'number', string: 'string', array: 'Uint8Array', fd: 'number' };

/** An object may have gone while the message was under way, whatever the protocol says: libwayland then hands over null. */
function typeOf({ type, interface: name, nullable }, known) {
  if (type === 'object') return `${nameOf(name, known)} | null`;
  if (type === 'new_id') return nameOf(name, known);
  return nullable ? `${plain[type]} | null` : plain[type];
}

function nameOf(name, known) {
  return name !== null && known.has(name) ? `Resource<'${name}'>` : 'AnyResource';
}

/** Arguments may be called as words of JavaScript are. */
function safe(name) {
  return ['interface', 'class', 'function', 'delete', 'new', 'default'].includes(name) ? `${name}_` : name;
}
