/** zwp_linux_dmabuf_v1: clients bring dma-bufs. */
import { modifiers, type DmabufDescription } from '../../buffer/index.js';
import type { Gpus, Head } from '../../head/index.js';
import type { Resource, WaylandAddon, WaylandServer } from '../../wayland/index.js';
import type { Contents } from '../contents.js';
import { takesForeign } from '../imports.js';
import { ClientDmabuf } from './client-dmabuf.js';
import { tellFeedback, type DmabufDevices } from './feedback.js';
import { offeredFormats, type OfferedFormats } from './formats.js';
import { DmabufMemory, type DmabufAddon } from './memory.js';
import { implementParams } from './params.js';

/** Before it a client knows no modifiers; after it there is feedback. */
const withModifiers = 3;
const withFeedback = 5;

export interface DmabufHost {
  readonly server: WaylandServer;
  readonly contents: Contents;
  readonly head: Pick<Head, 'importDmabuf' | 'info' | 'path'>;
  /**
   * Undefined, or a stand-in for a GPU: there is no device that clients had best draw with, and they are offered no feedback. Those
   * that look for a stand-in by its number find nothing (libdrm knows no faux device), and some end then.
   */
  readonly gpus: DmabufGpus | undefined;
  readonly addon: DmabufAddon & WaylandAddon;
}

export type DmabufGpus = Pick<Gpus, 'render' | 'display'>;

export function offerDmabufs({ server, contents, head, gpus, addon }: DmabufHost): void {
  const { render } = head.info;
  const formats = offeredFormats(render);
  const canImport = (dmabuf: DmabufDescription) => isImportable(head, dmabuf);
  const host = {
    formats,
    open: (dmabuf: DmabufDescription) => DmabufMemory.open(dmabuf, addon, canImport),
    add: (buffer: Resource<'wl_buffer'>, memory: DmabufMemory, isUpsideDown: boolean) => {
      contents.add(buffer, new ClientDmabuf(buffer, memory, isUpsideDown));
    },
  };
  const devices = gpus === undefined || render.standIn ? undefined : devicesOf(gpus, head);
  const tell = (feedback: Resource<'zwp_linux_dmabuf_feedback_v1'>) => {
    feedback.implement({ destroy: () => undefined });
    if (devices !== undefined) tellFeedback(feedback, formats.all, devices(), addon);
  };
  server.offer('zwp_linux_dmabuf_v1', devices === undefined ? withModifiers : withFeedback, (dmabuf) => {
    dmabuf.implement({
      destroy: () => undefined,
      create_params: (params) => {
        implementParams(params, host);
      },
      get_default_feedback: tell,
      get_surface_feedback: tell,
    });
    if (dmabuf.version <= withModifiers) tellFormats(dmabuf, formats);
  });
}

/** One that knows no modifiers is told of the formats that it may bring in a layout that has no name. */
function tellFormats(dmabuf: Resource<'zwp_linux_dmabuf_v1'>, formats: OfferedFormats): void {
  for (const { format, modifier } of formats.all)
    if (dmabuf.version === withModifiers)
      dmabuf.send.modifier(format, Number(modifier >> 32n), Number(modifier & 0xffffffffn));
    else if (modifier === modifiers.INVALID) dmabuf.send.format(format);
}

/** Asked anew each time: a device that was lost comes back under another number. While it is gone the last one is told. */
function devicesOf(gpus: DmabufGpus, head: DmabufHost['head']): () => DmabufDevices {
  const look = () => ({
    render: gpus.render.devT.value,
    scanout: takesForeign(head) ? gpus.display.devT.value : undefined,
  });
  let last = look();
  return () => {
    try {
      last = look();
    } catch {
      // It comes back, or the head ends with it.
    }
    return last;
  };
}

function isImportable(head: DmabufHost['head'], dmabuf: DmabufDescription): boolean {
  try {
    head.importDmabuf(dmabuf).close();
    return true;
  } catch {
    return false;
  }
}
