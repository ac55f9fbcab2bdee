import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePci } from '../../src/pci-address.js';

describe('a PCI address', () => {
  for (const [text, domain, place] of [
    ['0000:01:00.0', '0000', '01:00.0'],
    ['01:00.0', undefined, '01:00.0'],
    ['10001:80:05.0', '10001', '80:05.0'],
    ['00000000:07:00.0', '0000', '07:00.0'],
    ['0000:FF:1F.7', '0000', 'ff:1f.7'],
  ] as const)
    it(`is read from ${text}`, () => {
      assert.deepEqual(parsePci(text), { domain, place });
    });

  it('is not what has another form', () => {
    for (const text of ['', 'card0', '1:0', '0000:01:00', '01:20.0', '01:00.8', '000000000:01:00.0'])
      assert.equal(parsePci(text), undefined, text);
  });
});
