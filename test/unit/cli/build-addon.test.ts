/** What is compiled where nothing prebuilt fits, and what is said where that cannot be. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { buildAddons, type BuildTools } from '../../../src/cli/addon-builder.js';
import { findNodeGyp } from '../../../src/cli/node-gyp.js';

const folder = mkdtempSync(join(tmpdir(), 'guesthead-build-'));
after(() => rmSync(folder, { recursive: true }));

function program(path: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

for (const name of ['g++', 'make', 'python3', 'pkg-config', 'node-gyp']) program(`tools/${name}`);
const nodeGyp = program('node-gyp.js');
const env = { PATH: join(folder, 'tools'), npm_config_node_gyp: nodeGyp };

/** A machine on which what is named loads; `run` makes load what it compiles. */
function machine(loading: readonly string[], changed: Partial<BuildTools> = {}) {
  const loads = new Set(loading);
  const compiled: string[] = [];
  const said: string[] = [];
  const parts = ['native', 'ffi'].map((name) => ({ name, folder: join(folder, name) }));
  for (const part of parts) mkdirSync(part.folder, { recursive: true });
  const nameOf = (path: string) => parts.find((part) => part.folder === path)!.name;
  const tools: BuildTools = {
    parts,
    env,
    loads: (path) => loads.has(nameOf(path)),
    mayWrite: () => true,
    hasHeaders: () => true,
    run: ([, gyp, verb, , path = '']) => {
      assert.deepEqual([gyp, verb], [nodeGyp, 'rebuild']);
      compiled.push(nameOf(path));
      loads.add(nameOf(path));
      return Promise.resolve(0);
    },
    say: (line) => said.push(line),
    ...changed,
  };
  return { tools, compiled, said };
}

describe('build-addon', () => {
  it('compiles what does not load, and nothing else', async () => {
    const { tools, compiled, said } = machine(['native']);
    await buildAddons({ force: false }, tools);
    assert.deepEqual(compiled, ['ffi']);
    assert.match(said.at(-1) ?? '', /^ffi is compiled, and loads$/);
  });

  it('has nothing to do where all loads, unless it is told to', async () => {
    const { tools, compiled, said } = machine(['native', 'ffi']);
    await buildAddons({ force: false }, { ...tools, env: {} });
    assert.deepEqual([compiled.length, said.length], [0, 1]);
    await buildAddons({ force: true }, tools);
    assert.deepEqual(compiled, ['native', 'ffi']);
  });

  it('names all that is missing at once, before it compiles anything', async () => {
    const { tools, compiled } = machine([], { env: { ...env, PATH: '/nowhere' } });
    await assert.rejects(buildAddons({ force: false }, tools), {
      code: 'ERR_ADDON_MISSING',
      message: 'Compiling needs g++, make, python3, pkg-config, which this machine lacks',
      advice: /apt-get install g\+\+ make python3 pkg-config libdrm-dev libegl-dev libgles-dev \(Debian/,
    });
    await assert.rejects(buildAddons({ force: false }, { ...tools, env, hasHeaders: (name) => name === 'libdrm' }), {
      message: 'Compiling needs the headers of EGL, the headers of GLES, which this machine lacks',
    });
    assert.deepEqual(compiled, []);
  });

  it('takes another compiler where one is named', async () => {
    const { tools } = machine(['ffi'], { env: { ...env, CXX: program('clang++'), PYTHON: 'python9' } });
    await assert.rejects(buildAddons({ force: false }, tools), { message: /^Compiling needs python9, which/ });
  });

  it('says where it stopped when a compilation fails, or helps nothing', async () => {
    const failing = machine([], { run: () => Promise.resolve(1) });
    await assert.rejects(buildAddons({ force: false }, failing.tools), {
      code: 'ERR_ADDON_MISSING',
      message: 'Compiling native failed: node-gyp ended with 1',
    });
    const useless = machine([], { run: () => Promise.resolve(0) });
    await assert.rejects(buildAddons({ force: false }, useless.tools), { message: /^native was compiled, and yet/ });
  });

  it('says who must run it where the package is another user’s', async () => {
    const { tools, compiled } = machine([], { mayWrite: (path) => !path.endsWith('/ffi') });
    await assert.rejects(buildAddons({ force: false }, tools), {
      code: 'ERR_PERMISSION',
      message: /^This user may not write to \/.*\/ffi, where ffi is compiled$/,
      advice: /sudo/,
    });
    assert.deepEqual(compiled, []);
  });
});

describe('node-gyp', () => {
  it('is the one that npm names, else the project’s, else the one on the PATH, else the one inside npm', () => {
    assert.equal(findNodeGyp(env), nodeGyp);
    assert.match(findNodeGyp({}), /node_modules\/node-gyp\/bin\/node-gyp\.js$/); // this checkout's
    assert.equal(findNodeGyp({ PATH: join(folder, 'tools') }, '/nowhere'), join(folder, 'tools/node-gyp'));
    program('lib/npm/bin/npm-cli.js');
    const inside = program('lib/npm/node_modules/node-gyp/bin/node-gyp.js');
    mkdirSync(join(folder, 'bin'));
    symlinkSync('../lib/npm/bin/npm-cli.js', join(folder, 'bin/npm'));
    assert.equal(findNodeGyp({ PATH: join(folder, 'bin') }, '/nowhere'), inside);
  });

  it('that is nowhere is told with how to get it', () => {
    assert.throws(() => findNodeGyp({ npm_config_node_gyp: '/nowhere/node-gyp.js', PATH: '/nowhere' }, '/nowhere'), {
      code: 'ERR_ADDON_MISSING',
      advice: /npm install --global node-gyp/,
    });
  });
});
