/** The Wayland conformance suite, of many compositors' authors, on a kiosk with a fake head. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WireClient } from '../support/wayland-client.js';
import { matches, readExpectations } from './expectations.js';
import { KioskUnderTest } from './server.js';
import { build, findRunner, run, type Result } from './suite.js';

const wlcs = findRunner();
const skip = wlcs === undefined && 'WLCS is not here: install the packages wlcs and libwayland-dev';
const expectations = readExpectations(fileURLToPath(new URL('expected-failures.txt', import.meta.url)));

/** What the kiosk offers, as its clients see it. */
async function offeredBy(kiosk: KioskUnderTest): Promise<string[]> {
  kiosk.start();
  const client = await WireClient.connect(kiosk.wayland);
  client.close();
  kiosk.stop();
  return [...client.globals].map(([name, [, version]]) => `${name}:${version}`);
}

describe('WLCS', { skip }, () => {
  let folder: string;
  let kiosk: KioskUnderTest;
  let results: readonly Result[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'guesthead-wlcs-'));
    kiosk = await KioskUnderTest.open(folder);
    const { control, wayland } = kiosk;
    const leftOut = expectations.filter((expectation) => expectation.leftOut).map(({ pattern }) => pattern);
    const offered = await offeredBy(kiosk);
    results = await run(build(folder, wlcs?.runner ?? ''), folder, { control, wayland, offered, leftOut });
  });

  after(async () => {
    await kiosk.close();
    rmSync(folder, { recursive: true });
  });

  it('passes, but for what is expected to fail', (context) => {
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    const unexpected = failed.filter(({ name }) => !expectations.some((each) => matches(each, name)));
    context.diagnostic(summary(results));
    assert.deepEqual(
      unexpected.map(({ name, said }) => `${name}: ${said}`),
      [],
    );
  });

  it('passes nothing that is expected to fail', () => {
    const passed = results.filter(({ outcome }) => outcome === 'passed');
    const surprising = passed.filter(({ name }) => expectations.some((each) => matches(each, name)));
    assert.deepEqual(
      surprising.map(({ name }) => name),
      [],
    );
  });
});

function summary(results: readonly Result[]): string {
  const count = (wanted: Result['outcome']) => results.filter(({ outcome }) => outcome === wanted).length;
  const [passed, failed, leftOut] = [count('passed'), count('failed'), count('left out')];
  const rest = `${failed} fail and ${leftOut} are left out; ${count('skipped')} are of other protocols`;
  return `WLCS ${wlcs?.version ?? ''}: ${passed} of ${passed + failed + leftOut} tests pass, ${rest}`;
}
