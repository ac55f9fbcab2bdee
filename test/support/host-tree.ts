/** A host's files as a test puts them, in a folder of its own for each test. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { HostFiles } from '../../src/host/host-files.js';

export interface HostTree {
  readonly file: (path: string, text?: string) => void;
  readonly link: (path: string, target: string) => void;
  readonly pciDevice: (address: string, kind: string, driver: string | undefined, group?: string) => void;
  /** As the checks read it. */
  readonly files: () => HostFiles;
}

/** Empty at the beginning of each test; to be called once a file. */
export function hostTree(): HostTree {
  const base = mkdtempSync(join(tmpdir(), 'host-checks-'));
  let root = base;
  let count = 0;
  beforeEach(() => {
    root = join(base, String(count++));
  });
  after(() => {
    rmSync(base, { recursive: true });
  });
  const inFolder = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  const file = (path: string, text = '') => {
    writeFileSync(inFolder(path), text);
  };
  const link = (path: string, target: string) => {
    symlinkSync(target, inFolder(path));
  };
  return {
    file,
    link,
    pciDevice: (address, kind, driver, group = '7') => {
      const folder = `/sys/bus/pci/devices/${address}`;
      file(`${folder}/vendor`, '0x1002\n');
      file(`${folder}/device`, '0x73bf\n');
      file(`${folder}/class`, `${kind}\n`);
      if (driver !== undefined) link(`${folder}/driver`, `../../../drivers/${driver}`);
      link(`${folder}/iommu_group`, `../../../../kernel/iommu_groups/${group}`);
      file(`/sys/kernel/iommu_groups/${group}/devices/${address}`);
    },
    files: () => new HostFiles(root),
  };
}
