/** Nodes that a session manager opened and the caller gives us by their descriptors. */
import type { DrmDevice, Kernel, KmsNode, Selected } from '../device/index.js';
import { GuestheadError } from '../errors.js';

/** What opens a node: by its path, or as a duplicate of the caller's descriptor. */
export function opener(kernel: Kernel, fd: number | undefined): (path: string) => KmsNode {
  return (path) => (fd === undefined ? kernel.openNode(path) : kernel.duplicateNode(fd, path));
}

/** Which device it is of. The node need not be in our /dev. Throws ERR_NOT_DRM. */
export function givenNode(kernel: Kernel, found: readonly DrmDevice[], fd: number, name: string): Selected {
  const node = kernel.nodeOf(fd);
  const device = found.find(({ primary, render }) => node !== undefined && (primary === node || render === node));
  if (node !== undefined && device !== undefined) return { device, node };
  throw new GuestheadError('ERR_NOT_DRM', `\`${name}\` ${fd} is not of a DRM node`, {
    advice: 'give an open descriptor of /dev/dri/card* or /dev/dri/renderD*',
  });
}

/** Throws ERR_NOT_DRM, or ERR_USAGE for a render node. */
export function givenDisplay(kernel: Kernel, found: readonly DrmDevice[], fd: number): Selected {
  const given = givenNode(kernel, found, fd, 'displayFd');
  if (given.node === given.device.primary) return given;
  throw new GuestheadError('ERR_USAGE', `\`displayFd\` is of ${given.node}, which shows nothing`, {
    advice: `give a descriptor of the device's primary node${given.device.primary === undefined ? '' : `, ${given.device.primary}`}`,
  });
}
