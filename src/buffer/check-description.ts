/** What a caller says of its dma-buf, before the kernel is asked. Whether it can be shown is for `checkLayout`. */
import { assertGiven, isDescriptor, isObject } from '../arguments.js';

const mostUint32 = 2 ** 32 - 1;

/** Throws ERR_USAGE. */
export function checkDescription(description: unknown): void {
  assertGiven(
    isObject(description),
    description,
    'description of a dma-buf',
    'give { fd, width, height, strideBytes, modifier }',
  );
  const { fd, width, height, strideBytes, format, offsetBytes, modifier } = description;
  assertGiven(isDescriptor(fd), fd, 'descriptor of a dma-buf');
  assertGiven(isUint32(width), width, 'width in pixels');
  assertGiven(isUint32(height), height, 'height in pixels');
  assertGiven(isUint32(strideBytes), strideBytes, 'stride in bytes', 'give `strideBytes`');
  assertGiven(
    format === undefined || isUint32(format),
    format,
    'four-character code',
    'leave `format` out for XRGB8888',
  );
  assertGiven(offsetBytes === undefined || isUint32(offsetBytes), offsetBytes, 'offset in bytes');
  const isModifier = typeof modifier === 'bigint' && BigInt.asUintN(64, modifier) === modifier;
  assertGiven(modifier === undefined || isModifier, modifier, 'modifier', 'give a bigint: 0n is linear');
}

function isUint32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostUint32;
}
