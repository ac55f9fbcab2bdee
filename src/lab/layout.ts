/** What the guest's PID 1 mounts: the host's end of `guest/root.h`, which tells of its words. */
import type { RunFiles } from './machine.js';
import { parentsFirst } from './share.js';

export interface LayoutOptions {
  readonly files: RunFiles;
  /** With `/` among them the share itself is the root. */
  readonly writable: readonly string[];
}

export function layoutText({ files, writable }: LayoutOptions): string {
  if (writable.includes('/')) return '';
  const binds = parentsFirst([files.folder, ...writable]).map((folder) => `bind ${folder}`);
  return ['tree /', ...binds, ''].join('\n');
}
