/** What the host's refusal of a command says about the picture. */
import type { GuestheadError } from '../errors.js';

/** VIRTIO_GPU_CMD_* without the prefix; only the DRM master causes these. */
const scanoutCommands = ['SET_SCANOUT', 'SET_SCANOUT_BLOB', 'RESOURCE_FLUSH'];

/** Whether what is on the screen is not shown; other commands may be any process's. */
export function isOfScanout({ code, operation }: GuestheadError): boolean {
  return code === 'ERR_HOST_REFUSED' && operation !== undefined && scanoutCommands.includes(operation);
}
