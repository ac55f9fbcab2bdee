/** What the guest's PID 1 mounts: the host's end of `guest/root.h`, which tells of its words. */
import type { RunFiles } from './machine.js';
import type { Root } from './root.js';
import { parentsFirst } from './share.js';

export interface LayoutOptions {
  readonly files: RunFiles;
  readonly root: Root;
  readonly init?: string | undefined;
  readonly writable: readonly string[];
}

/** Where all may be written, the host's own root has no scratch layer; another one always has. */
export function layoutText({ files, root, init, writable }: LayoutOptions): string {
  const lines = init === undefined ? [] : [`init ${init}`];
  if (root.tree !== '/' || !writable.includes('/')) {
    const folders = [files.folder, ...root.binds, ...writable.filter((folder) => folder !== '/')];
    lines.push(`tree ${root.tree}`, ...parentsFirst(folders).map((folder) => `bind ${folder}`));
  }
  return lines.map((line) => `${line}\n`).join('');
}
