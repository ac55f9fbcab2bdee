/** What `guesthead kiosk --check` makes of what was read and of a client's frames. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkKiosk, type FrameTrial } from '../../../src/cli/kiosk-check.js';
import { describeReport } from '../../../src/cli/probe-text.js';
import { GuestheadError } from '../../../src/errors.js';
import type { CheckStatus, ProbeReport } from '../../../src/probe/index.js';

const ok = (id: string) => ({ id, status: 'ok' as const, found: 'there', why: 'needed', advice: null });

function reportWith(status: CheckStatus): ProbeReport {
  const machine = { kernel: '6.14', architecture: 'x64', node: 'v22', host: 'guest', user: 'kiosk', root: false };
  return {
    guesthead: '1.0',
    redacted: false,
    machine,
    devices: [],
    gl: null,
    groups: [
      { id: 'libraries', checks: [ok('libraries.libwayland-server')] },
      { id: 'gl', checks: [ok('gl.driver')] },
    ],
    verdict: { status, path: null, render: 'r', display: 'd', refused: [], text: 'what was read' },
  };
}

const trial: FrameTrial = {
  trial: {
    globals: [
      { name: 'xdg_wm_base', version: 6 },
      { name: 'wl_compositor', version: 6 },
    ],
    frameMs: [20.04, 13.3],
    released: 4,
  },
  ...{ connector: 'Virtual-1', path: 'import', shown: 5, direct: 2 },
  ...{ seat: { by: 'direct', why: 'directly: that was asked for' }, seatFault: undefined },
};

const checked = (status: CheckStatus, frame: () => Promise<FrameTrial>) =>
  checkKiosk({}, { probe: () => Promise.resolve(reportWith(status)), frame });

describe('guesthead kiosk --check', () => {
  it('is well where a client’s frames are shown, whatever could not be tried beside', async () => {
    const report = await checked('unknown', () => Promise.resolve(trial));
    assert.deepEqual([report.verdict.status, report.verdict.path], ['ok', 'import']);
    assert.deepEqual(
      report.globals.map(({ name }) => name),
      ['wl_compositor', 'xdg_wm_base'],
    );
    const text = describeReport(report, false, 'kiosk --check');
    assert.match(text, /^guesthead 1\.0 kiosk --check, as kiosk on guest/);
    assert.match(text, /ok +globals: wl_compositor 6, xdg_wm_base 6/);
    assert.match(
      text,
      /frame: 2 frames of a client on Virtual-1 by import, 13\.3 to 20\.0 ms each; 2 of 5 without a copy; 4 buffers/,
    );
    assert.match(text, /libraries\n +ok +libwayland-server/);
    assert.doesNotMatch(text, /^gl$/m, 'no GL is loaded for a kiosk');
  });

  it('says who has opened the devices, and what to do about a daemon that was of no use, which does not decide', async () => {
    const seatOf = async (given: Partial<FrameTrial>) => {
      const { groups, verdict } = await checked('ok', () => Promise.resolve({ ...trial, ...given }));
      const check = groups.at(-1)?.checks.find(({ id }) => id === 'kiosk.seat');
      return [verdict.status, check?.status, check?.found, check?.advice, check?.code];
    };
    assert.deepEqual(await seatOf({}), ['ok', 'ok', 'directly: that was asked for', null, undefined]);
    const seat = { by: 'libseat', why: 'seat0 by seatd' } as const;
    assert.deepEqual((await seatOf({ seat })).slice(0, 3), ['ok', 'ok', 'seat0 by seatd']);
    const seatFault = new GuestheadError('ERR_SEAT', 'seatd gives no session', { advice: 'join the group' });
    assert.deepEqual((await seatOf({ seatFault })).slice(1), [
      ...['no', 'directly: that was asked for', 'join the group', 'ERR_SEAT'],
    ]);
  });

  it('is not where none is, however well all reads, and says why and what to do', async () => {
    const advice = 'install libwayland-server0';
    const missing = new GuestheadError('ERR_LIBRARY_MISSING', 'libwayland-server cannot be loaded', { advice });
    const report = await checked('ok', () => Promise.reject(missing));
    assert.equal(report.verdict.status, 'no');
    const check = report.groups.at(-1)?.checks.at(-1);
    assert.deepEqual([check?.status, check?.code, check?.advice], ['no', 'ERR_LIBRARY_MISSING', advice]);
    assert.deepEqual(report.globals, []);
    assert.match(describeReport(report, false), /verdict: no: no client is seen: libwayland-server cannot be loaded/);
  });
});
