/** The addon's Wayland server, with the protocols that are known here. */
import { coded, GuestheadError } from '../errors.js';
import type { Handle, NativeWayland, WaylandAddon } from '../native/wayland.js';
import { tables } from './protocol/tables.js';

/** Each as `WaylandAddon.openWayland` has it. */
interface Callbacks {
  readonly onRequest: (resource: Handle, opcode: number, values: unknown[]) => void;
  readonly onEvent: (kind: number, details: unknown[]) => void;
  readonly onFault: (error: unknown, client: Handle) => void;
}

/** Throws ERR_LIBRARY_MISSING where there is no libwayland-server. */
export function openNative(addon: WaylandAddon, { onRequest, onEvent, onFault }: Callbacks): NativeWayland {
  try {
    return addon.openWayland(
      tables,
      (resource, opcode, ...values) => onRequest(resource, opcode, values),
      (kind, ...details) => onEvent(kind, details),
      onFault,
    );
  } catch (error) {
    if (!(error instanceof Error) || (error as { code?: unknown }).code !== 'ERR_LIBRARY_MISSING') throw coded(error);
    throw new GuestheadError('ERR_LIBRARY_MISSING', `libwayland-server cannot be loaded: ${error.message}`, {
      operation: 'dlopen',
      cause: error,
      advice: error.message.includes('undefined symbol')
        ? 'it is older than 1.20: update the system (libwayland-server0 on Debian and Ubuntu)'
        : 'install it: libwayland-server0 on Debian and Ubuntu',
    });
  }
}
