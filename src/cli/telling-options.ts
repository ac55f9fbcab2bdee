/** What `run` and `kiosk` can be asked to tell beside their result. */
import type { CommandDeclaration } from '../declare.js';
import { listenAddress } from './parse.js';

export const tellingOptions = {
  /** A file for the trace events. */
  trace: {
    kind: 'text',
    named: 'file',
    value: '<file>',
    says: 'write trace events of the run and of the kernel, for ui.perfetto.dev',
  },
  /** The HTML file that tells of the run. */
  report: {
    kind: 'text',
    named: 'file',
    value: '<file.html>',
    says: 'write a page about the run, with charts of its frames',
  },
  /** Where to serve the figures meanwhile. */
  metrics: {
    kind: 'word',
    value: '<[host:]port>',
    says: 'serve /metrics for Prometheus, and /healthz, meanwhile',
    parse: listenAddress,
  },
} as const satisfies Record<string, CommandDeclaration>;
