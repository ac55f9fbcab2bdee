import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, formatName } from '../../../src/ffi/fourcc.js';
import { buildStruct, StructReader, structs } from '../../../src/ffi/structs.js';

describe('a struct', () => {
  it('is built with zeros around the given fields', () => {
    const bytes = buildStruct(structs.drm_mode_create_dumb, { width: 640, height: 0xffffffff });
    assert.equal(bytes.toString('hex'), `ffffffff80020000${'00'.repeat(24)}`);
  });

  it('takes a file descriptor of -1 as C does', () => {
    assert.equal(buildStruct(structs.gbm_import_fd_data, { fd: -1 }).readInt32LE(0), -1);
  });

  it('is read by field name', () => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32LE(0xfffffffe, 16);
    bytes.writeBigUInt64LE(0xfedcba9876543210n, 24);
    const reply = new StructReader(structs.drm_mode_create_dumb, bytes);
    assert.equal(reply.uint32('handle'), 0xfffffffe);
    assert.equal(reply.uint64('size'), 0xfedcba9876543210n);
  });
});

describe('a format', () => {
  it('is called by its four characters', () => {
    assert.equal(formatName(0x34325258), 'XR24');
    assert.equal(formatName(format.ARGB8888), 'AR24');
    assert.equal(formatName(format.C8), 'C8');
  });

  it('that is no such code is given in hexadecimal', () => {
    assert.equal(formatName(0), '0x00000000');
    assert.equal(formatName(0xb4325258), '0xb4325258'); // DRM_FORMAT_BIG_ENDIAN is the highest bit
  });
});
