/** The modules of one kernel: as `make modules_install` wrote them, or as they lie in a build tree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GuestheadError } from '../../errors.js';
import { moduleInfo, moduleName, readModule } from './module-file.js';

/** Of a build tree: without modules of this build, or with copies of them made for a package. */
const passedOver = new Set([
  '.git',
  'debian',
  'Documentation',
  'include',
  'rpmbuild',
  'scripts',
  'tools',
  'tar-install',
]);

interface Entry {
  readonly path: string;
  /** Where modules.dep tells. */
  readonly depends: readonly string[] | undefined;
}

export class ModuleFolder {
  #entries: ReadonlyMap<string, Entry> | undefined;
  #builtIn: ReadonlySet<string> | undefined;

  constructor(
    readonly folder: string,
    /** *installed*: `…/lib/modules/RELEASE`. */
    private readonly kind: 'installed' | 'tree',
  ) {}

  /**
   * The files to load for these drivers, each after what it needs; none for a driver that is built in or not here.
   * Throws ERR_LAB where something that one of them needs is missing.
   */
  loadOrder(drivers: readonly string[]): string[] {
    const order = new Set<string>();
    for (const driver of drivers) if (this.#modules.has(moduleName(driver))) this.#add(moduleName(driver), order);
    return [...order];
  }

  /** Whether the driver is built in, as far as a list tells, or a module of this folder. */
  has(driver: string): boolean {
    return this.isBuiltIn(driver) || this.#modules.has(moduleName(driver));
  }

  isBuiltIn(driver: string): boolean {
    this.#builtIn ??= new Set(this.#list('modules.builtin').map(moduleName));
    return this.#builtIn.has(moduleName(driver));
  }

  /** Only then what is built in can be told from what is missing. */
  get listsWhatIsBuiltIn(): boolean {
    return existsSync(join(this.folder, 'modules.builtin'));
  }

  #add(name: string, order: Set<string>, neededBy?: string): void {
    if (this.isBuiltIn(name)) return;
    const entry = this.#modules.get(name);
    if (entry === undefined)
      throw new GuestheadError('ERR_LAB', `The module ${neededBy} needs ${name}, which is not in ${this.folder}`, {
        advice: 'build all modules (`make modules`), and install them again where they were installed',
      });
    if (order.has(entry.path)) return;
    for (const other of entry.depends ?? this.#readDependencies(entry.path)) this.#add(other, order, name);
    order.add(entry.path);
  }

  #readDependencies(path: string): readonly string[] {
    const elf = readModule(path);
    if (elf !== undefined) return moduleInfo(elf).depends;
    throw new GuestheadError('ERR_LAB', `Nothing here unpacks ${path}`, {
      advice: 'install xz-utils or zstd, or run depmod on the folder',
    });
  }

  get #modules(): ReadonlyMap<string, Entry> {
    return (this.#entries ??= new Map(this.#readEntries().map((entry) => [moduleName(entry.path), entry])));
  }

  #readEntries(): Entry[] {
    if (this.kind === 'installed') {
      const listed = this.#list('modules.dep');
      if (listed.length > 0) return listed.map((line) => this.#entryOf(line));
    }
    return this.#paths().map((path) => ({ path, depends: undefined }));
  }

  /** Those to prefer last: depmod too takes what lies in updates/ before what the kernel came with. */
  #paths(): string[] {
    const ordered = this.kind === 'tree' ? this.#list('modules.order').map((line) => this.#inTree(line)) : [];
    if (ordered.length > 0) return ordered.filter((path) => existsSync(path));
    const found = modulesBelow(this.folder);
    const updates = (path: string) => path.startsWith(join(this.folder, 'updates/'));
    return [...found.filter((path) => !updates(path)), ...found.filter(updates)];
  }

  /** A line of modules.dep names all that a module needs, what that needs included, the nearest first. */
  #entryOf(line: string): Entry {
    const [path = '', needed = ''] = line.split(':');
    const depends = needed.split(' ').filter(Boolean).map(moduleName).reverse();
    return { path: join(this.folder, path), depends };
  }

  /** A line of a tree's modules.order: an object file, before Linux 6.2 the module, before 5.3 with `kernel/` in front. */
  #inTree(line: string): string {
    const file = line.replace(/\.k?o$/, '.ko');
    const path = join(this.folder, file);
    return existsSync(path) ? path : join(this.folder, file.replace(/^kernel\//, ''));
  }

  #list(name: string): string[] {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }
}

/** Links are not followed: `build` and `source` lead out of the folder. */
function modulesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : modulesBelow(path);
    return /\.ko(\.(gz|xz|zst))?$/.test(entry.name) ? [path] : [];
  });
}
