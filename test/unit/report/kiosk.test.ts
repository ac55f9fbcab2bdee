/** What is recorded of a kiosk, and what is told of it: figures, trace and page. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GuestheadError } from '../../../src/errors.js';
import { kioskPage } from '../../../src/report/index.js';
import { PictureFigures } from '../../../src/report/kiosk/index.js';
import { kioskEvents } from '../../../src/report/trace/kiosk-events.js';
import { MadeUpKiosk } from '../../support/made-up-kiosk.js';
import { madeUpHead } from '../../support/made-up-run.js';
import { embedded } from '../../support/report.js';

describe('a kiosk’s figures', () => {
  it('are of the pictures that were seen; of input, of those that answer some', () => {
    const kiosk = new MadeUpKiosk();
    const figures = new PictureFigures(kiosk.pictures$);
    const nothing = { commitToFlipMs: null, inputToCommitMs: null, inputToFlipMs: null };
    assert.deepEqual(figures.result(), { pictures: { shown: 0, unseen: 0 }, ...nothing });
    const client = kiosk.connect(4711);
    kiosk.picture(client, { committedMs: 100, shownMs: 110 });
    kiosk.picture(client, { committedMs: 120 });
    kiosk.picture(client, { committedMs: 140, shownMs: 160, inputMs: 135 });
    const { pictures, commitToFlipMs, inputToCommitMs, inputToFlipMs } = figures.result();
    assert.deepEqual(pictures, { shown: 2, unseen: 1 });
    const near = (value: number | undefined, wanted: number) => Math.abs((value ?? NaN) - wanted) < wanted / 500;
    assert.ok(near(commitToFlipMs?.p50, 10) && near(commitToFlipMs?.max, 20), JSON.stringify(commitToFlipMs));
    assert.ok(near(inputToCommitMs?.max, 5) && near(inputToFlipMs?.max, 25));
    figures.stop();
    kiosk.picture(client, { committedMs: 200, shownMs: 210 });
    assert.equal(figures.result().pictures.shown, 2);
  });
});

describe('a kiosk’s recording', () => {
  it('numbers clients as they come, and keeps when and why they went', () => {
    const kiosk = new MadeUpKiosk();
    const recording = kiosk.record();
    kiosk.clock.time = 1000;
    const [one, other] = [kiosk.connect(11), kiosk.connect(12)];
    kiosk.clock.time = 1500;
    kiosk.leave(one, 'error');
    kiosk.picture(other, { committedMs: 1400, shownMs: 1410 });
    kiosk.picture(one, { committedMs: 1490 });
    assert.deepEqual(recording.clients, [
      { number: 1, pid: 11, connectedMs: 1000, goneMs: 1500, end: 'error' },
      { number: 2, pid: 12, connectedMs: 1000, goneMs: undefined, end: undefined },
    ]);
    assert.deepEqual(
      recording.pictures.map(({ client, shown }) => [client, shown?.atMs]),
      [
        [2, 1410],
        [1, undefined],
      ],
    );
    kiosk.faults$.next({ error: new GuestheadError('ERR_PROTOCOL', 'not answered'), client: undefined });
    kiosk.faults$.next({ error: new TypeError('ours'), client: undefined });
    assert.deepEqual(
      recording.faults.map(({ code, message }) => [code, message]),
      [
        ['ERR_PROTOCOL', 'not answered'],
        ['without a code', 'ours'],
      ],
    );
    recording.stop();
    kiosk.connect(13);
    assert.equal(recording.clients.length, 2);
  });
});

/** A kiosk whose first client answers a key, and whose second one breaks a rule. */
function recorded() {
  const kiosk = new MadeUpKiosk();
  const recording = kiosk.record();
  kiosk.clock.time = 1000;
  const [one, other] = [kiosk.connect(11), kiosk.connect(undefined)];
  kiosk.picture(one, { committedMs: 1010, shownMs: 1020, inputMs: 1005, zeroCopy: true });
  kiosk.picture(other, { committedMs: 1015 });
  const error = new GuestheadError('ERR_SYSTEM', 'No device', { advice: 'plug one in' });
  kiosk.faults$.next({ error, client: undefined });
  kiosk.clock.time = 1030;
  kiosk.leave(other, 'error');
  return recording;
}

describe('a kiosk’s trace', () => {
  it('has a track for each client, from commit to flip, and one for what the user did', () => {
    const events = [...kioskEvents(recorded(), 2000)];
    const tracks = events.flatMap((event) =>
      event.ph === 'M' && event.name === 'thread_name' ? [event.args['name']] : [],
    );
    assert.deepEqual(tracks, ['input', 'client 1 (process 11)', 'client 2']);
    const edges = events.flatMap((event) =>
      event.ph === 'b' || event.ph === 'e' ? [[event.ph, event.cat, event.name, event.id, event.ts]] : [],
    );
    assert.deepEqual(edges, [
      ['b', 'client', 'connected', 'c1', 1_000_000],
      ['e', 'client', 'connected', 'c1', 2_000_000],
      ['b', 'client', 'connected', 'c2', 1_000_000],
      ['e', 'client', 'connected', 'c2', 1_030_000],
      ['b', 'picture', 'direct', 'p0', 1_010_000],
      ['e', 'picture', 'direct', 'p0', 1_020_000],
      ['b', 'input', 'client 1', 'i0', 1_005_000],
      ['e', 'input', 'client 1', 'i0', 1_020_000],
    ]);
    const instants = events.flatMap((event) => (event.ph === 'i' ? [[event.name, event.ts]] : []));
    assert.deepEqual(instants, [
      ['gone: error', 1_030_000],
      ['unseen', 1_015_000],
    ]);
  });
});

describe('the page about a kiosk', () => {
  it('has its clients, its frames by their way, and how long pictures took', () => {
    const { result: info, recording, fromMs, toMs } = madeUpHead({ frames: 60 });
    const counts = MadeUpKiosk.counts({ direct: 50, drawn: { 'the head is turned': 3, '<b>': 1 }, byGpu: 2 });
    const heads = [{ info, counts, recording }];
    const page = kioskPage({
      ...{ heads, kiosk: recorded(), ended: 'the client ended with status 0', fromMs, toMs },
      ...{ facts: [], madeAt: new Date(0) },
    });
    assert.match(page, /<title>Virtual-1 – guesthead kiosk<\/title>/);
    assert.match(page, /<h1>guesthead kiosk: the client ended with status 0<\/h1>/);
    assert.match(page, /<dt>connected<\/dt><dd>2 in all, 1 at the end<\/dd>/);
    assert.match(page, /<li>ERR_SYSTEM: No device → plug one in<\/li>/);
    assert.match(page, /<dt>gone<\/dt><dd>1 error<\/dd>/);
    assert.match(page, /<th scope="row">drawn: the head is turned<\/th><td>3<\/td>/);
    assert.match(page, /<th scope="row">drawn: &lt;b&gt;<\/th><td>1<\/td>/);
    assert.match(page, /<th scope="row">of those, drawn by the GPU<\/th><td>2<\/td>/);
    assert.match(page, /<th scope="row">commit to flip<\/th><td>(9|10)\.\d\d<\/td>/);
    const data = embedded(page);
    assert.deepEqual(data.kiosk, { commitToFlipUs: [10_000], inputToCommitUs: [5000], inputToFlipUs: [15_000] });
    assert.equal(data.heads[0]?.frames.frame.length, 60);
  });
});
