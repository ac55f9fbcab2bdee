import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { installAdvice } from '../../../src/ffi/packages.js';

const gbm = { debian: 'libgbm1', fedora: 'mesa-libgbm', arch: 'mesa', alpine: 'mesa-gbm', nix: 'libgbm' };
const adviceOn = (osRelease: string) => installAdvice(gbm, osRelease);

describe('a library that is missing', () => {
  for (const [name, osRelease, wanted] of [
    ['Debian', 'PRETTY_NAME="Debian GNU/Linux 13"\nID=debian\n', 'libgbm1'],
    ['Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'libgbm1'],
    ['Alma', 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n', 'mesa-libgbm'],
    ['Arch', 'ID=arch\n', 'mesa'],
    ['SteamOS', 'ID=steamos\nID_LIKE=arch\n', 'mesa'],
    ['Alpine', 'ID=alpine\n', 'mesa-gbm'],
  ] as const)
    it(`is named by the package of ${name}, and by no other’s`, () => {
      assert.equal(adviceOn(osRelease), `Install or update the package ${wanted}`);
    });

  it('of NixOS, which has no /usr/lib, is told by the path that finds it, and not by a package', () => {
    assert.match(adviceOn('ID=nixos\n'), /pkgs\.libgbm.*\/run\/opengl-driver\/lib into LD_LIBRARY_PATH/);
  });

  it('of a distribution that is like none is named by those of several', () => {
    for (const osRelease of ['', 'ID=void\n'])
      assert.match(adviceOn(osRelease), /libgbm1 \(Debian, Ubuntu\), mesa-libgbm \(Fedora\) or mesa \(Arch\)/);
  });
});
