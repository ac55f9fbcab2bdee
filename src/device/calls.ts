/** The calls on an open node that buffers and heads are made with: libdrm's, bound to the node's descriptor. */
import {
  addFramebuffer,
  closeFramebuffer,
  closeGemHandle,
  connectorModel,
  createBlob,
  createDumb,
  destroyBlob,
  destroyDumb,
  getBlob,
  getConnector,
  getEncoder,
  getPlane,
  getPlanes,
  getResources,
  moveCursor,
  primeFdToHandle,
  primeHandleToFd,
  setCursor,
} from '../ffi/index.js';

/** Buffer objects of the open file. `src/ffi` says what each call does and throws. */
const bufferFunctions = {
  primeHandleToFd,
  primeFdToHandle,
  closeGemHandle,
  createDumb,
  destroyDumb,
  addFramebuffer,
  closeFramebuffer,
};

/** What the display consists of, and its cursor. */
const kmsFunctions = {
  getResources,
  getConnector,
  connectorModel,
  getEncoder,
  getPlanes,
  getPlane,
  createBlob,
  destroyBlob,
  getBlob,
  setCursor,
  moveCursor,
};

/** The same function without its first parameter. */
type Bound<F> = F extends (fd: number, ...rest: infer Rest) => infer Result ? (...rest: Rest) => Result : never;
type AllBound<Functions> = { readonly [Name in keyof Functions]: Bound<Functions[Name]> };

export type BufferCalls = AllBound<typeof bufferFunctions>;
export type KmsCalls = AllBound<typeof kmsFunctions>;

/** `fd` gives the open node at each call, or throws once it is closed. */
export function bufferCalls(fd: () => number): BufferCalls {
  return bindAll(bufferFunctions, fd);
}

export function kmsCalls(fd: () => number): KmsCalls {
  return bindAll(kmsFunctions, fd);
}

function bindAll<Functions extends object>(functions: Functions, fd: () => number): AllBound<Functions> {
  const bound = Object.entries(functions).map(([name, call]: [string, (...given: unknown[]) => unknown]) => [
    name,
    (...rest: unknown[]) => call(fd(), ...rest),
  ]);
  return Object.fromEntries(bound) as AllBound<Functions>;
}
