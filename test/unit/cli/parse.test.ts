import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listenAddress } from '../../../src/cli/parse.js';

describe('[HOST:]PORT', () => {
  for (const [text, host, port] of [
    ['9100', '127.0.0.1', 9100],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:65535', '0.0.0.0', 65_535],
    ['localhost:9100', 'localhost', 9100],
    ['[::1]:9100', '::1', 9100],
    ['[fe80::1%eth0]:9100', 'fe80::1%eth0', 9100],
  ] as const)
    it(`takes ${text}`, () => {
      assert.deepEqual(listenAddress(text), { host, port });
    });

  for (const text of ['', ':9100', '65536', '-1', 'host', '::1:9100', '[::1]', '[]:1', 'a/b:1', '9100 ', 'http://x:1'])
    it(`refuses '${text}' with what to write`, () => {
      assert.throws(() => listenAddress(text), { code: 'commander.invalidArgument', message: /\[::1\]:9100/ });
    });
});
