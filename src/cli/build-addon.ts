/** `guesthead build-addon`: for a machine that the package has nothing compiled for. */
import type { Command } from 'commander';

const help = [
  'The package has its addon compiled for x64 and arm64 with glibc 2.34 or later, for every version of Node. ffi-napi,',
  'which it binds libdrm with, has x64 alone. What does not load here is compiled in place, by the node-gyp that',
  'npm brings; it needs g++, make, python3, pkg-config and the headers of libdrm, EGL and GLES, and says which of them',
  'are missing.',
].join('\n');

export function addBuildAddonCommand(program: Command): void {
  program
    .command('build-addon')
    .description('compiles what the package has not compiled for this machine: its addon, and ffi-napi’s')
    .option('--force', 'compile all of it, though what is there loads')
    .addHelpText('after', `\n${help}`)
    .action(async ({ force = false }: { force?: boolean }) => {
      const { buildAddons } = await import('./addon-builder.js');
      await buildAddons({ force });
    });
}
