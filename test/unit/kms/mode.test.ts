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

  it('of a television that prefers an interlaced one default to the progressive one nearest to it', () => {
    const [interlace, doublescan] = [1 << 4, 1 << 5];
    const modes = [
      mode(1920, 1080, 59.94, true, interlace),
      mode(1920, 1080, 50),
      mode(1920, 1080, 60),
      mode(3840, 2160, 30),
    ];
    const preferredOf = (...offered: Mode[]) => formatMode(chooseMode({ ...connector, modes: offered }, undefined));
    assert.equal(preferredOf(...modes), '1920x1080@60');
    assert.equal(preferredOf(mode(1920, 1080, 60, true, interlace), mode(1280, 720, 60)), '1280x720@60');
    assert.equal(preferredOf(mode(320, 240, 60, true, doublescan), mode(640, 480, 60)), '640x480@60');
    assert.equal(preferredOf(mode(720, 576, 50, true, interlace)), '720x576i@50', 'where there is no other');
  });

  it('that are doublescanned are taken only where no other has the size', () => {
    const modes = [mode(640, 480, 60, false, 1 << 5), mode(640, 480, 59.94)];
    const { flags } = chooseMode({ ...connector, modes }, parseMode('640x480@60'));
    assert.equal(flags, 0);
    assert.equal(chooseMode({ ...connector, modes: modes.slice(0, 1) }, parseMode('640x480')).flags, 1 << 5);
  });

  it('of a display with a hundred of them, some twice, are listed by what is near to the wish', () => {
    const rates = [23.98, 24, 25, 29.97, 30, 50, 59.94, 60, 100, 120];
    const sizes = [
      [1920, 1080],
      [1280, 720],
      [3840, 2160],
      [720, 576],
      [720, 480],
      [640, 480],
    ] as const;
    const once = sizes.flatMap(([width, height]) => rates.map((rate) => mode(width, height, rate)));
    const television = { ...connector, modes: [...once, ...once] };
    const adviceOn = (text: string) => {
      try {
        chooseMode(television, parseMode(text));
      } catch (error) {
        return (error as { advice: string }).advice;
      }
      return assert.fail('it has that mode');
    };
    const rated = adviceOn('1920x1080@75');
    for (const rate of rates) assert.ok(rated.includes(`1920x1080@${rate}`), rated);
    assert.ok(!rated.includes('1280x720') && rated.includes('lists all 60'), rated);
    assert.match(adviceOn('800x600'), /^valid choices: 1920x1080, 1280x720, 3840x2160, 720x576, 720x480, 640x480 \(/);
  });
});
