/** org.qemu.Display1.Listener and its additions: each call checked, and carried out on the screen. */
import type { BusValue, Native } from '../../native/index.js';
import type { BusCall } from './bus.js';
import { bytesOfPixel, known, refused } from './layout.js';
import { pixmanFormat } from './pixel-format.js';
import type { Screen } from './screen.js';
import { Dmabuf, Pictures, SharedMemory } from './surface.js';

export const listenerPath = '/org/qemu/Display1/Listener';
const base = 'org.qemu.Display1.Listener';
const additions = [`${base}.Unix.Map`, `${base}.Unix.ScanoutDMABUF2`];

export interface ListenerOptions {
  readonly screen: Screen;
  readonly native: Pick<Native, 'duplicate' | 'mapDmabuf'>;
  /** The screen has changed. `answer` where it is a dma-buf: QEMU waits for it, and the guest's flush is not done until then. */
  readonly onUpdate: (answer: (() => void) | undefined) => void;
}

interface Method {
  readonly signature: string;
  readonly run: (values: readonly BusValue[], options: ListenerOptions, answer: () => void) => void;
  /** `run` sees to the answer; others are answered when it returns. */
  readonly answersLater?: true;
}

type Numbers = readonly number[];
type Four = [number, number, number, number];
/** Of ScanoutDMABUF2: descriptors, the part that is shown, offsets, strides, planes, format, the whole's size, modifier, y0_top. */
type Scanout2 = [Numbers, ...Four, Numbers, Numbers, ...Four, bigint, boolean];

/** Linear, or not said: a guest's blob is linear, and QEMU says INVALID of it. */
const modifiers: readonly bigint[] = [0n, 0x00ff_ffff_ffff_ffffn];

const methods: Readonly<Record<string, Method>> = {
  [`${base}.Scanout`]: {
    signature: 'uuuuay',
    run: (values, options) => {
      const [width, height, stride, code] = values as [number, number, number, number];
      const format = known(pixmanFormat(code), `0x${code.toString(16)} of pixman`);
      options.screen.show(new Pictures({ width, height, stride, format }, values[4] as Uint8Array));
      updated(options);
    },
  },
  [`${base}.Update`]: {
    signature: 'iiiiuuay',
    run: (values, options) => {
      const [x, y, width, height, stride, code] = values as [number, number, number, number, number, number];
      const format = known(pixmanFormat(code), `0x${code.toString(16)} of pixman`);
      const layout = { width, height, stride, format };
      const { surface } = options.screen;
      if (!(surface instanceof Pictures)) throw refused('a part of a picture that it has not told of');
      surface.update(x, y, layout, values[6] as Uint8Array);
      updated(options);
    },
  },
  [`${base}.ScanoutDMABUF`]: {
    signature: 'huuuutb',
    run: (values, options) => {
      const [fd, width, height, stride, fourcc] = values as [number, number, number, number, number];
      const [modifier, y0Top] = values.slice(5) as [bigint, boolean];
      showDmabuf(options, { ...{ fd, width, height, stride, fourcc, modifier, y0Top }, offset: 0 });
    },
  },
  [`${base}.Unix.ScanoutDMABUF2.ScanoutDMABUF2`]: {
    signature: 'ahuuuuauauuuuutb',
    run: (values, options) => {
      const [fds, x, y, width, height, offsets, strides, planes, fourcc, , , modifier, y0Top] = values as Scanout2;
      const [fd, first, stride] = [fds[0], offsets[0], strides[0]];
      if (planes !== 1 || fd === undefined || first === undefined || stride === undefined)
        throw refused(`a buffer of ${planes} planes`);
      const offset = first + y * stride + x * bytesOfPixel(fourcc);
      showDmabuf(options, { fd, width, height, stride, fourcc, modifier, y0Top, offset });
    },
  },
  [`${base}.UpdateDMABUF`]: {
    signature: 'iiii',
    answersLater: true,
    run: (_, options, answer) => {
      if (!(options.screen.surface instanceof Dmabuf)) throw refused('a change of a buffer that it has not told of');
      options.screen.updates++;
      options.onUpdate(answer);
    },
  },
  [`${base}.Unix.Map.ScanoutMap`]: {
    signature: 'huuuuu',
    run: (values, { screen, native }) => {
      const [fd, offset, width, height, stride, code] = values as [number, number, number, number, number, number];
      const format = known(pixmanFormat(code), `0x${code.toString(16)} of pixman`);
      screen.show(new SharedMemory(fd, offset, { width, height, stride, format }, native));
    },
  },
  [`${base}.Unix.Map.UpdateMap`]: {
    signature: 'iiii',
    run: (_, options) => {
      if (!(options.screen.surface instanceof SharedMemory))
        throw refused('a change of memory that it has not told of');
      updated(options);
    },
  },
  [`${base}.Disable`]: {
    signature: '',
    run: (_, { screen }) => {
      screen.disabled++;
      screen.show(undefined);
    },
  },
  [`${base}.MouseSet`]: { signature: 'iii', run: () => undefined },
  [`${base}.CursorDefine`]: {
    signature: 'iiiiay',
    run: (values, { screen }) => {
      const [width, height, hotX, hotY] = values as [number, number, number, number];
      if ((values[4] as Uint8Array).length < width * height * 4) throw refused(`a cursor of ${width}x${height}`);
      screen.cursor = { width, height, hotX, hotY };
    },
  },
};

/** QEMU asks what is offered, and waits for it with everything else. */
const properties: Readonly<Record<string, (call: BusCall) => void>> = {
  GetAll: (call) => {
    call.answer('a{sv}', [call.values[0] === base ? [['Interfaces', ['as', additions]]] : []]);
  },
  Get: (call) => {
    if (call.values[1] === 'Interfaces') call.answer('v', [['as', additions]]);
    else call.refuse('there is no such property');
  },
};

/** For a connection on which QEMU calls. */
export function listenerOf(options: ListenerOptions): (call: BusCall) => void {
  return (call) => {
    const { interfaceName, member } = call;
    const property = interfaceName === 'org.freedesktop.DBus.Properties' ? properties[member] : undefined;
    const method = methods[`${interfaceName}.${member}`];
    if (call.path !== listenerPath) call.refuse('there is no such object');
    else if (property !== undefined) property(call);
    else if (method === undefined) call.refuse('there is no such method');
    else run(method, call, options);
  };
}

function run(method: Method, call: BusCall, options: ListenerOptions): void {
  const answer = () => {
    call.answer();
  };
  try {
    if (call.signature !== method.signature) throw refused(`${call.member} with "${call.signature}"`);
    method.run(call.values, options, answer);
    if (method.answersLater !== true) answer();
  } catch (error) {
    call.refuse(options.screen.refuse(error));
  }
}

/** Where QEMU goes on without an answer. */
function updated({ screen, onUpdate }: ListenerOptions): void {
  screen.updates++;
  screen.measure();
  onUpdate(undefined);
}

interface DmabufTold {
  readonly fd: number;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly fourcc: number;
  readonly modifier: bigint;
  readonly y0Top: boolean;
}

function showDmabuf({ screen, native }: ListenerOptions, told: DmabufTold): void {
  const { fd, offset, width, height, stride, fourcc: format, modifier, y0Top } = told;
  if (!modifiers.includes(modifier)) throw refused(`a buffer that is not linear (modifier 0x${modifier.toString(16)})`);
  screen.show(new Dmabuf(fd, offset, { width, height, stride, format }, y0Top, native));
}
