/** Which package brings a library, in the words of the distribution that runs here. */
import { readFileSync } from 'node:fs';

/** One, or several with a space between them. */
export interface Packages {
  readonly debian: string;
  readonly fedora: string;
  readonly arch: string;
  readonly alpine: string;
  /** The attribute of nixpkgs. */
  readonly nix: string;
}

type Family = keyof Packages;

/** ID and ID_LIKE of os-release; distributions not named here are like one of these. */
const families: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  fedora: 'fedora',
  rhel: 'fedora',
  centos: 'fedora',
  arch: 'arch',
  alpine: 'alpine',
  nixos: 'nix',
};

const readOsRelease = (): string => {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
};

/** `osRelease` as in /etc/os-release. */
export function installAdvice(packages: Packages, osRelease = readOsRelease()): string {
  const family = familyOf(osRelease);
  const { debian, fedora, arch, nix } = packages;
  if (family === 'nix')
    return `NixOS has libraries in no place where they are looked for: put \`lib.makeLibraryPath [ pkgs.${nix} ]\` and /run/opengl-driver/lib into LD_LIBRARY_PATH`;
  const what = debian.includes(' ') ? 'packages' : 'package';
  if (family !== undefined) return `Install or update the ${what} ${packages[family]}`;
  return `Install or update the ${what} ${debian} (Debian, Ubuntu), ${fedora} (Fedora) or ${arch} (Arch)`;
}

/** By what it is, else by the first that it is like. */
function familyOf(osRelease: string): Family | undefined {
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const names = [value('ID'), ...value('ID_LIKE').split(' ')];
  return names.map((name) => families[name]).find((family) => family !== undefined);
}
