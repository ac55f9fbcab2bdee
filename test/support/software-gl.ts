/** Mesa's software renderer, without any device: what tests of GL draw with on a machine without a GPU. */
import { existsSync } from 'node:fs';

const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];

/** False where it is installed; else what a skipped test says. */
export function hasSoftwareGl(): false | string {
  const has = (library: string) => folders.some((folder) => existsSync(`${folder}/${library}`));
  return has('libEGL.so.1') && has('libGLESv2.so.2') ? false : 'needs libegl1, libgles2 and libgl1-mesa-dri';
}
