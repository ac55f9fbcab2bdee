/** A kernel's configuration where it is at hand, held against what the lab needs, before anything boots. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GuestheadError } from '../../errors.js';
import { configInImage } from './image-config.js';
import { drivers, type Kernel } from './locate.js';
import { kernelOptions, type KernelOption } from './options.js';

export const mergeAdvice =
  '`guesthead lab config > lab.config; scripts/kconfig/merge_config.sh .config lab.config; make` in the tree of the kernel';

export type KernelConfig = ReadonlyMap<string, string>;

/** A `.config` and the like; undefined where there is none. */
export function readConfig(kernel: Kernel): KernelConfig | undefined {
  const file = configFiles(kernel).find((path) => existsSync(path));
  const text = file === undefined ? configInImage(kernel.image) : readFileSync(file, 'utf8');
  return text === undefined ? undefined : parseConfig(text);
}

export function parseConfig(text: string): KernelConfig {
  return new Map([...text.matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** What the last build was made with comes before a `.config` that may have been edited since. */
function configFiles({ image, release, tree, modules }: Kernel): string[] {
  const inTree = tree === undefined ? [] : ['include/config/auto.conf', '.config'].map((name) => join(tree, name));
  const installed =
    modules === undefined || modules.folder === tree
      ? []
      : ['config', 'build/.config'].map((name) => join(modules.folder, name));
  return [...inTree, join(dirname(image), `config-${release}`), join(dirname(image), 'config'), ...installed];
}

/**
 * Throws ERR_LAB where the guest would not come up, naming all options that are missing at once.
 * Returns lines about what it will be without.
 */
export function requireOptions(kernel: Kernel, config = readConfig(kernel)): string[] {
  if (config === undefined) {
    requireListedDrivers(kernel);
    return [];
  }
  const missing = kernelOptions
    .filter((option) => isMissing(option, config, kernel.release))
    .map((option) => told(option, config));
  if (missing.length > 0) throw lacks(kernel, missing);
  requireModules(kernel, config);
  return kernelOptions
    .filter(({ need, name }) => need === 'useful' && !config.has(name))
    .map(({ name, why }) => `the kernel is built without CONFIG_${name}. ${why}`);
}

function isMissing({ name, need, since }: KernelOption, config: KernelConfig, release: string): boolean {
  if (since !== undefined && release.localeCompare(since, 'en', { numeric: true }) < 0) return false;
  const value = config.get(name);
  return (need === 'built in' && value !== 'y') || (need === 'any' && value !== 'y' && value !== 'm');
}

function told({ name, why }: KernelOption, config: KernelConfig): string {
  const asModule = config.get(name) === 'm' ? ' is a module, and the guest boots without an initrd' : '';
  return `CONFIG_${name}${asModule}: ${why}`;
}

function lacks({ release }: Kernel, missing: readonly string[]): GuestheadError {
  const what = [`Linux ${release} is built without what the lab needs:`, ...missing.map((line) => `  ${line}`)];
  return new GuestheadError('ERR_LAB', what.join('\n'), { advice: mergeAdvice });
}

const optionOf: Readonly<Record<string, string>> = { 'virtio-gpu': 'DRM_VIRTIO_GPU', vgem: 'DRM_VGEM' };

function requireModules({ release, modules }: Kernel, config: KernelConfig): void {
  const absent = drivers.filter(
    (driver) => config.get(optionOf[driver] ?? '') === 'm' && modules?.has(driver) !== true,
  );
  if (absent.length === 0) return;
  throw new GuestheadError(
    'ERR_LAB',
    `Linux ${release} has ${absent.join(' and ')} as modules, and none of its modules folders has them`,
    {
      advice:
        'build them (`make modules`), name their folder with --modules, or build them in (`guesthead lab config`)',
    },
  );
}

/** A folder of modules tells what is built in too. */
function requireListedDrivers(kernel: Kernel): void {
  const { modules } = kernel;
  if (modules?.listsWhatIsBuiltIn !== true) return;
  const missing = drivers.filter((driver) => !modules.has(driver)).map((driver) => optionOf[driver] ?? driver);
  if (missing.length > 0)
    throw lacks(
      kernel,
      missing.map((name) => `CONFIG_${name} (neither built in nor among the modules in ${modules.folder})`),
    );
}
