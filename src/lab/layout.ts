/** What the guest's PID 1 mounts: the host's end of `guest/root.h`, which tells of its words. */
import type { RunFiles } from './machine.js';
import type { Kernel } from './paths.js';
import { parentsFirst } from './share.js';

export interface LayoutOptions {
  readonly kernel: Kernel;
  readonly files: RunFiles;
  /** With `/` among them the share itself is the root. */
  readonly writable: readonly string[];
}

export function layoutText({ kernel, files, writable }: LayoutOptions): string {
  const lines = [`modules ${kernel.moduleRoot}`];
  if (!writable.includes('/')) {
    lines.push('tree /');
    for (const folder of parentsFirst([files.folder, ...writable])) lines.push(`bind ${folder}`);
  }
  return `${lines.join('\n')}\n`;
}
