/** zwp_linux_dmabuf_v1: clients bring dma-bufs. */
import type { DmabufDescription } from '../../buffer/index.js';
import type { Head } from '../../head/index.js';
import type { Resource, WaylandServer } from '../../wayland/index.js';
import type { Contents } from '../contents.js';
import { ClientDmabuf } from './client-dmabuf.js';
import { linearFormats } from './formats.js';
import { DmabufMemory, type DmabufAddon } from './memory.js';
import { implementParams } from './params.js';

const version = 3;
/** Before it a client asks for whatever layout its driver likes, which is not offered; after it there is feedback. */
const modifiersIn = 3;

export interface DmabufHost {
  readonly server: WaylandServer;
  readonly contents: Contents;
  readonly head: Pick<Head, 'importDmabuf'>;
  readonly addon: DmabufAddon;
}

export function offerDmabufs({ server, contents, head, addon }: DmabufHost): void {
  const canImport = (dmabuf: DmabufDescription) => isImportable(head, dmabuf);
  const host = {
    formats: linearFormats,
    open: (dmabuf: DmabufDescription) => DmabufMemory.open(dmabuf, addon, canImport),
    add: (buffer: Resource<'wl_buffer'>, memory: DmabufMemory) => {
      contents.add(buffer, new ClientDmabuf(buffer, memory));
    },
  };
  server.offer('zwp_linux_dmabuf_v1', version, (dmabuf) => {
    dmabuf.implement({
      destroy: () => undefined,
      create_params: (params) => {
        implementParams(params, host);
      },
      get_default_feedback: () => undefined,
      get_surface_feedback: () => undefined,
    });
    if (dmabuf.version === modifiersIn) tellModifiers(dmabuf);
  });
}

function tellModifiers(dmabuf: Resource<'zwp_linux_dmabuf_v1'>): void {
  for (const { format, modifier } of linearFormats.all)
    dmabuf.send.modifier(format, Number(modifier >> 32n), Number(modifier & 0xffffffffn));
}

function isImportable(head: DmabufHost['head'], dmabuf: DmabufDescription): boolean {
  try {
    head.importDmabuf(dmabuf).close();
    return true;
  } catch {
    return false;
  }
}
