/** What a probe can be asked for: declared here and nowhere else. Loads nothing that the command would wait for. */
import type { Declarations } from '../declare.js';
import { gpuOptions } from '../gpus/declared.js';

export const probeOptions = {
  /** The GPU that would allocate: `auto` (the default), a driver's name, a PCI address or a node. */
  render: { ...gpuOptions.render, says: 'the GPU that would allocate the buffers' },
  /** The device that would show: likewise; `auto` = virtio-gpu. */
  display: { ...gpuOptions.display, says: 'the device that would show them' },
  /** Also flips for real: the screen shows grey for a moment, and then what it showed before. */
  flip: { kind: 'switch', says: 'flip for real, too: the screen is grey for a moment' },
  /** `try` (the default): the GPU draws, in a process that a driver may crash or hang. */
  gl: {
    kind: 'choice',
    named: 'way to probe GL',
    choices: ['try', 'skip'],
    standard: 'try',
    value: '<how>',
    says: 'try: the GPU draws, too, in a process that its driver may crash',
  },
  /** Takes host, user, home folder, serial numbers and process names out, for a bug report. */
  redact: { kind: 'switch', says: 'for a bug report: without host and user, serial numbers and process names' },
} as const satisfies Declarations;
