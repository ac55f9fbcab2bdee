/**
 * The addon's typed interface, and the only place that loads it.
 *
 * The addon is mechanism only: each method does one operation on ready values.
 * It owns what it is given by *duplicating* it: the caller keeps and closes its
 * own descriptor. A method that fails throws a `NativeError`; `Scanout.commit`,
 * which runs every frame, returns the negative errno instead.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { addonMissing } from '../addon-missing.js';
import type { BusHandlers, NativeBusPeer } from './bus.js';
import type { DmabufAddon } from './dmabuf.js';
import type { DrmAddon } from './drm.js';
import type { GlResultHandler, NativeGl } from './gl.js';
import type { InputAddon } from './input.js';
import type { PaintAddon } from './paint.js';
import type { PortAddon } from './port.js';
import type { ProcessAddon } from './process.js';
import type { SessionAddon } from './session.js';
import type { SocketAddon } from './socket.js';
import type { SyncAddon } from './sync.js';
import type { WaylandAddon } from './wayland.js';
import { packageRoot } from '../package-root.js';

export type { BusHandlers, BusValue, NativeBusPeer } from './bus.js';
export { access, type Access, type NativeMapping, type SyncFileInfo } from './dmabuf.js';
export { commitFlag } from './drm.js';
export type { AtomicRequest, NativeDevice, NativeScanout, ScanoutHandlers, ScanoutIds } from './drm.js';
export type { NativeError } from './error.js';
export type { GlFailure, GlFormat, GlInfo, GlPixels, GlResultHandler, NativeGl } from './gl.js';
export type { NativeMessage } from './socket.js';

/**
 * Calls `onReadable` whenever the fd is readable or hung up, until closed; `errno` is 0 or why polling failed. It watches by a duplicate
 * with a higher number.
 */
export interface NativeWatcher {
  close(): void;
}

/** What the kernel is reached by: a fake may stand in for it. */
export interface Native extends DrmAddon, DmabufAddon, SocketAddon, SyncAddon {
  /** `onReadable` should read what there is; it is called again while the fd stays readable. */
  watchReadable(fd: number, onReadable: (errno: number) => void): NativeWatcher;
  /**
   * Another descriptor of the same open file, close-on-exec and owned by the caller: the lowest number that is free,
   * from `least` on. Throws NativeError (EINVAL: no number is that high).
   */
  duplicate(fd: number, least?: number): number;
  /**
   * What the processor says of the machine below it (CPUID leaf 0x40000000): `KVMKVMKVM`, `TCGTCGTCGTCG` where QEMU
   * emulates it, …; empty on bare metal, where the hypervisor hides, and on other processors than x86's.
   */
  hypervisor(): string;
  /**
   * Unmaps the pages of code of the loaded libraries whose file's name begins with `name`: for one
   * whose initializers are most of what ever runs of it. A page that is used again comes from the
   * page cache, or from the file. A debugger's breakpoints in them are lost. Linux's MADV_DONTNEED;
   * never fails, and does nothing where no such library is loaded.
   */
  discardCode(name: string): void;
  /**
   * Starts a thread that opens EGL and GLES on a `struct gbm_device *`, which must live until `onEnded` is called, some time
   * after `close`: the thread has ended then, and everything of it is closed; one that hangs in its driver never does. 0n and
   * a node's path: EGL's device of that node; 0n and '': Mesa's software renderer. Throws NativeError (EAGAIN: no thread).
   */
  openGl(gbmDevice: bigint, node: string, onResult: GlResultHandler, onEnded: () => void): NativeGl;
  /**
   * Speaks D-Bus over a connected stream socket, by libsystemd's sd-bus: as the end that authenticates itself, or (`isServer`)
   * the one that checks. Keeps a duplicate. Throws an Error with code ERR_LIBRARY_MISSING, or NativeError.
   */
  openBusPeer(fd: number, isServer: boolean, handlers: BusHandlers): NativeBusPeer;
}

const root = join(packageRoot, 'native');
/** All of it: what a fake may stand in for, and the servers, which need no fake. */
export type Addon = Native & WaylandAddon & InputAddon & SessionAddon & PaintAddon & PortAddon & ProcessAddon;

let loaded: Addon | undefined;

/** The file that `loadNative` loads; undefined where there is none that fits. */
export function addonFile(): string | undefined {
  const build = createRequire(import.meta.url)('node-gyp-build') as { path(dir: string): string };
  try {
    return build.path(root);
  } catch {
    return undefined;
  }
}

/** Loads the addon on first use: a prebuilt one, or the checkout's own build. */
export function loadNative(folder: string = root): Addon {
  if (loaded !== undefined && folder === root) return loaded;
  const require = createRequire(import.meta.url);
  const findAndLoad = require('node-gyp-build') as (dir: string) => Addon;
  try {
    const native = findAndLoad(folder);
    if (folder === root) loaded = native;
    return native;
  } catch (cause) {
    throw addonMissing('guesthead’s native addon', cause);
  }
}
