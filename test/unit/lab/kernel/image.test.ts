import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { releaseOf } from '../../../../src/lab/kernel/image.js';
import { bzImage, fileWith, Folder, moduleFile } from '../../../support/made-up-kernel.js';
import { GuestheadError } from '../../../../src/errors.js';

/** What is said of a file, and what is advised. */
function refusal(content: Buffer | string): string {
  using folder = new Folder();
  const path = folder.write('image', content);
  try {
    return `taken as ${releaseOf(path)}`;
  } catch (error) {
    assert.ok(error instanceof GuestheadError && error.code === 'ERR_USAGE', String(error));
    assert.match(error.message, new RegExp(path));
    return `${error.message} → ${error.advice ?? ''}`;
  }
}

const machine = (number: number) => String.fromCharCode(number & 0xff, number >> 8);
const elf = (kind: number, number: number): Buffer =>
  fileWith([0, '\x7fELF\x02\x01\x01'], [16, machine(kind)], [18, machine(number)]);
const pe = (number: number, ...more: [number, string][]): Buffer =>
  fileWith([0, 'MZ'], [0x3c, '\x80'], [0x80, 'PE\0\0'], [0x84, machine(number)], ...more);

describe('the release in an image', () => {
  it('is the first word of the version that the boot header points to', () => {
    using folder = new Folder();
    assert.equal(releaseOf(folder.write('vmlinuz', bzImage('7.3.4'))), '7.3.4');
    const own = '7.4.0-rc1-00012-gdeadbeef-dirty';
    assert.equal(releaseOf(folder.write('bzImage', bzImage(own))), own);
    const withStub = bzImage('7.3.4', (image) => image.write('MZ', 0, 'latin1'));
    assert.equal(releaseOf(folder.write('efi', withStub)), '7.3.4', 'an EFI stub in front of it changes nothing');
  });

  it('is missing from what is no bzImage, and each kind of file is called by its name with what to give instead', () => {
    for (const [content, says] of [
      [elf(2, 62), /ELF.*vmlinux.*→.*arch\/x86\/boot\/bzImage/],
      [elf(3, 62), /ELF.*vmlinux/],
      [elf(2, 183), /arm64.*→.*x86-64/],
      [moduleFile('vgem'), /kernel module.*→.*--modules/],
      [fileWith([0, 'MZ'], [0x38, 'ARM\x64']), /arm64.*→.*x86-64/],
      [fileWith([0x38, 'ARM\x64']), /arm64.*→.*x86-64/],
      [fileWith([0x30, 'RISCV\0\0\0'], [0x38, 'RSC\x05']), /RISC-V.*→.*x86-64/],
      [pe(0xaa64), /EFI.*arm64.*→.*x86-64/],
      [fileWith([0, 'MZ\0\0zimg']), /EFI zboot.*→.*x86-64/],
      [pe(0x8664, [0x188, '.linux\0\0']), /unified kernel image.*→.*objcopy.*\.linux/],
      [pe(0x8664), /EFI.*→.*bzImage/],
      [fileWith([0, '!<arch>\ndebian-binary']), /Debian package.*→.*dpkg-deb -x/],
      [fileWith([0, '\xed\xab\xee\xdb']), /RPM package.*→.*rpm2cpio/],
      [fileWith([0, '070701']), /initramfs.*→.*bzImage/],
      [fileWith([0, '\x1f\x8b']), /gzip.*→.*bzImage/],
      [fileWith([0, '\xfd7zXZ\0']), /xz.*→.*bzImage/],
      [fileWith([0, '\x28\xb5\x2f\xfd']), /zstd.*→.*bzImage/],
      [fileWith([0, '\x27\x05\x19\x56']), /U-Boot.*→.*bzImage/],
      ['', /empty.*→.*bzImage/],
      ['#!/bin/sh\n', /no Linux image.*→.*bzImage/],
    ] as const)
      assert.match(refusal(content), says);
  });

  it('is of no use where the lab cannot boot it: a zImage, a 32-bit kernel, an image without its version', () => {
    assert.match(refusal(bzImage('7.3.4', (image) => (image[0x211] = 0))), /zImage.*→.*make bzImage/);
    assert.match(refusal(bzImage('7.3.4', (image) => (image[0x236] = 0))), /32-bit.*→.*CONFIG_64BIT/);
    assert.match(refusal(bzImage('7.3.4', (image) => image.writeUInt16LE(0, 0x20e))), /no version/);
    assert.match(refusal(bzImage('7.3.4', (image) => image.writeUInt16LE(0xf000, 0x20e))), /no version/);
  });

  it('cannot be read from a file that only root may read, or that is not there', () => {
    assert.throws(() => releaseOf('/nowhere/bzImage'), { code: 'ERR_USAGE', message: /No kernel image at \/nowhere/ });
    assert.throws(
      () =>
        releaseOf('/boot/vmlinuz', () => {
          throw Object.assign(new Error('denied'), { code: 'EACCES', errno: -13 });
        }),
      { code: 'ERR_USAGE', message: /may not be read.*EACCES/, advice: /sudo/ },
    );
  });
});
