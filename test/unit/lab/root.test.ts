import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { chooseRoot, serves, type RunInTree } from '../../../src/lab/root.js';
import { packageRoot } from '../../../src/package-root.js';

let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'guesthead-test-'));
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  mkdirSync(join(tree, 'usr/lib'));
  writeFileSync(join(tree, 'usr/bin/sh'), '');
  writeFileSync(join(tree, 'usr/lib/os-release'), 'NAME=x\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n');
});
afterEach(() => {
  rmSync(tree, { recursive: true });
});

/** A tree in which Node, its own and the host's, says this; without a word it is not there or does not start. */
const withNode =
  (own?: string, host?: string): RunInTree =>
  (_tree, _mounts, words) => {
    const said = words[0] === '/run/node' ? host : own;
    return said === undefined
      ? Promise.reject(Object.assign(new Error('Command failed'), { stderr: '/run/node: GLIBC_2.28 not found\nmore' }))
      : Promise.resolve(`${said}\n`);
  };

describe('the guest’s root', () => {
  it('is the host’s, where none is named', async () => {
    assert.equal((await chooseRoot()).tree, '/');
  });

  it('has its own Node where that serves', async () => {
    const root = await chooseRoot(tree, withNode('v20.19.2', 'v22.12.0'));
    assert.equal(root.description, `the root is ${tree} (Debian GNU/Linux 13 (trixie)), with its own Node 20.19.2`);
    assert.deepEqual([root.tree, root.node, root.binds], [tree, undefined, [packageRoot]]);
  });

  it('has the host’s where its own is too old or missing', async () => {
    for (const own of ['v18.20.4', undefined]) {
      const root = await chooseRoot(tree, withNode(own, process.version));
      assert.equal(root.node, process.execPath);
      assert.match(root.description ?? '', new RegExp(`this machine's Node ${process.versions.node}$`));
    }
  });

  it('is refused where no Node runs in it, with what each of them is', async () => {
    const refusal = { code: 'ERR_USAGE', message: /has Node 18.20.4, which is too old.*GLIBC_2.28 not found/ };
    await assert.rejects(chooseRoot(tree, withNode('v18.20.4')), refusal);
    await assert.rejects(chooseRoot(tree, withNode()), { message: /has no Node/, advice: /20\.19 or later/ });
  });

  it('is refused where it is none, with how to make one', async () => {
    await assert.rejects(chooseRoot('/nowhere'), { code: 'ERR_USAGE', message: /nowhere/ });
    await assert.rejects(chooseRoot(join(tree, 'usr/lib')), { code: 'ERR_USAGE', advice: /mmdebstrap/ });
  });
});

describe('a Node that serves', () => {
  it('is one that package.json names', () => {
    const good = ['20.19.0', '20.20.2', '22.12.0', '24.0.0', '26.1.0', '25.0.0'];
    const bad = ['18.20.4', '20.18.9', '21.7.0', '22.11.0', '23.11.0'];
    assert.deepEqual([...good, ...bad].filter(serves), good);
  });
});
