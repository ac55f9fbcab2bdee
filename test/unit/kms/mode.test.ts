import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseMode, formatMode, parseMode } from '../../../src/kms/index.js';
import { modeAgain } from '../../../src/kms/mode.js';
import type { Connector, Mode } from '../../../src/ffi/index.js';

function mode(width: number, height: number, refreshHz: number, preferred = false, flags = 0): Mode {
  return { name: '', width, height, refreshHz, preferred, flags, type: 0, raw: Buffer.alloc(68) };
}

const connector = {
  name: 'Virtual-1',
  modes: [mode(1920, 1080, 75.0002, true), mode(3840, 2160, 60), mode(3840, 2160, 59.94), mode(1920, 1080, 60)],
} as unknown as Connector;

describe('modes', () => {
  it('are written as WIDTHxHEIGHT[@HZ]', () => {
    assert.deepEqual(parseMode('1920x1080'), { width: 1920, height: 1080, interlaced: false, refreshHz: undefined });
    assert.deepEqual(parseMode('1920x1080@59.94'), { width: 1920, height: 1080, interlaced: false, refreshHz: 59.94 });
    for (const bad of ['', '1920', '1920x', 'x1080', '1920x1080@', '1920x1080@x', ' 1920x1080', '1920*1080'])
      assert.throws(() => parseMode(bad), { code: 'ERR_USAGE' }, bad);
  });

  it('default to the preferred one', () => {
    assert.equal(formatMode(chooseMode(connector, undefined)), '1920x1080@75');
  });

  it('are the first of the list where none is preferred', () => {
    const modes = connector.modes.slice(1);
    assert.equal(formatMode(chooseMode({ ...connector, modes }, undefined)), '3840x2160@60');
  });

  it('are chosen as at first when a device comes back, else stay', () => {
    const before = mode(800, 600, 75);
    const [request, unplugged] = [parseMode('3840x2160'), { ...connector, modes: [] }];
    const noPreferred = { ...connector, modes: connector.modes.slice(1) };
    assert.equal(formatMode(modeAgain(connector, undefined, before, false)), '1920x1080@75');
    assert.equal(formatMode(modeAgain(connector, request, before, false)), '3840x2160@60');
    assert.equal(formatMode(modeAgain(noPreferred, request, before, false)), '3840x2160@60');
    assert.equal(modeAgain(noPreferred, undefined, before, false), before);
    assert.equal(modeAgain(unplugged, request, before, false), before);
    assert.equal(modeAgain(connector, undefined, before, true), before);
  });

  it('are matched by size and nearest rate, the highest without a rate', () => {
    const choose = (text: string) => formatMode(chooseMode(connector, parseMode(text)));
    assert.equal(choose('3840x2160'), '3840x2160@60');
    assert.equal(choose('3840x2160@59.94'), '3840x2160@59.94');
    assert.equal(choose('1920x1080'), '1920x1080@75');
    assert.equal(choose('1920x1080@60'), '1920x1080@60');
  });

  it('are progressive ones unless an interlaced one is asked for', () => {
    const television = { ...connector, modes: [mode(1920, 1080, 60, false, 1 << 4), mode(1920, 1080, 59.94)] };
    const choose = (text: string) => formatMode(chooseMode(television, parseMode(text)));
    assert.equal(choose('1920x1080@60'), '1920x1080@59.94');
    assert.equal(choose('1920x1080'), '1920x1080@59.94');
    assert.equal(choose('1920x1080i@60'), '1920x1080i@60');
    assert.equal(choose('1920x1080i'), '1920x1080i@60');
    const interlacedAlone = { ...connector, modes: television.modes.slice(0, 1) };
    assert.throws(() => chooseMode(interlacedAlone, parseMode('1920x1080@60')), { advice: /1920x1080i@60/ });
  });

  it('that do not exist are refused with the choices', () => {
    for (const text of ['800x600', '1920x1080@50'])
      assert.throws(
        () => chooseMode(connector, parseMode(text)),
        (error: { code: string; advice: string }) =>
          error.code === 'ERR_NO_MODE' && error.advice.includes('1920x1080@75, 3840x2160@60, 3840x2160@59.94'),
      );
  });
});
