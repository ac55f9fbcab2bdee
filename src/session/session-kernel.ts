/** The kernel of a process that has a session: whoever shows something has its node from the session. */
import type { Kernel, KmsNode } from '../device/index.js';
import type { Session } from './session.js';

/**
 * Primary nodes are opened by the session that there is then, which says who is DRM master; render nodes need nobody's leave. Where
 * there is none, or its daemon has gone, all are opened as ever.
 */
export function sessionKernel(current: () => Session | undefined, kernel: Kernel): Kernel {
  const openNode = (path: string): KmsNode => {
    const session = current();
    const isOurs = session === undefined || session.ended || !isPrimary(path);
    return isOurs ? kernel.openNode(path) : openBy(session, kernel, path);
  };
  return {
    get native() {
      return kernel.native;
    },
    load: () => kernel.load(),
    discover: () => kernel.discover(),
    openNode,
    duplicateNode: (fd, path, lease) => kernel.duplicateNode(fd, path, lease),
    nodeOf: (fd) => kernel.nodeOf(fd),
    createGbm: (node) => kernel.createGbm(node),
    watchUevents: (onEvent) => kernel.watchUevents(onEvent),
    watchHostRefusals: (onRefusal) => kernel.watchHostRefusals(onRefusal),
  };
}

function isPrimary(path: string): boolean {
  return /\/card\d+$/.test(path);
}

function openBy(session: Session, kernel: Kernel, path: string): KmsNode {
  const device = session.open(path);
  const lease = {
    get ended() {
      return session.ended;
    },
    close: () => {
      device.close();
    },
  };
  try {
    return kernel.duplicateNode(device.fd, path, lease);
  } catch (error) {
    device.close();
    throw error;
  }
}
