/** What the package's compiled parts are made for, and by which programs. */
import { isDebian, isProgram } from '../setup/apt.mjs';
import { bringPackage } from '../setup/packages.mjs';
import { SetupError } from '../setup/run.mjs';

/** The oldest C library that the package promises to run with; ffi-napi's own prebuild needs the same. */
export const oldestGlibc = '2.34';

/** By Node's name of the architecture: the prefix of its tools, the Debian package that has them, and Debian's own name. */
export const targets = {
  x64: { prefix: 'x86_64-linux-gnu-', compiler: 'g++-x86-64-linux-gnu', debian: 'amd64' },
  arm64: { prefix: 'aarch64-linux-gnu-', compiler: 'g++-aarch64-linux-gnu', debian: 'arm64' },
};
export const architectures = Object.keys(targets);

/** `g++` → the g++ that compiles for `arch`. */
export const toolFor = (arch, name) => `${arch === process.arch ? '' : targets[arch].prefix}${name}`;

/** The environment in which node-gyp compiles for `arch`. */
export function compilersFor(arch) {
  const names = { CC: 'gcc', CXX: 'g++', AR: 'ar', LINK: 'g++' };
  return Object.fromEntries(Object.entries(names).map(([variable, name]) => [variable, toolFor(arch, name)]));
}

/** Another architecture's compiler is brought only where a package is made, not by every set-up. */
export async function bringTools(arch, tell) {
  if (isProgram(toolFor(arch, 'g++'))) return;
  const { compiler } = targets[arch];
  if (isDebian()) await bringPackage(compiler, tell);
  else
    throw new SetupError(`there is no ${toolFor(arch, 'g++')}, which makes the package's parts for ${arch}`, {
      advice: `install it (in Debian it is in ${compiler}), or make this machine's parts alone: npm run prebuilds -- --arch ${process.arch}`,
    });
}
