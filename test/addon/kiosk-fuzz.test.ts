/**
 * Messages of all kinds to a kiosk, from several clients at once: GUESTHEAD_SEED=random for other ones, GUESTHEAD_FUZZ_MESSAGES for
 * more. The process lives, a client that behaves goes on, nothing of the kiosk's own fails, and nothing is left.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GuestheadError } from '../../src/errors.js';
import type { InputEvent } from '../../src/input/index.js';
import { FakeSyncobjs } from '../support/fake-syncobjs.js';
import { Random, seedOf } from '../support/random.js';
import { device } from '../support/seat-rig.js';
import { sanitized } from './support/addon.js';
import { memoryFile } from './support/descriptors.js';
import { HostileRig } from './support/hostile-rig.js';
import { WireBabble, type BabbleFiles } from './support/wire-babble.js';

const seed = seedOf();
const wanted = Number(process.env['GUESTHEAD_FUZZ_MESSAGES'] ?? 30_000);
const [clients, burst] = [3, 25];
/** Once in so many bursts the client that behaves draws, and a user does something. */
const between = 20;
/** From here on memory is compared: V8 has compiled most of it. */
const fifth = Math.floor(wanted / 5 / burst) * burst;
/** What JavaScript holds on to is known to the byte; the allocator keeps some of what it had. */
const mostGrowthMiB = { held: 8, outsideHeap: 64 };

let hostile: HostileRig;

after(() => hostile.close());

describe('a kiosk', () => {
  it(`bears ${wanted} messages, good and broken (GUESTHEAD_SEED=${seed})`, async (test) => {
    const syncobjs = new FakeSyncobjs();
    hostile = await HostileRig.open({}, { openSyncDevice: () => syncobjs.openSyncDevice() });
    hostile.rig.kiosk.input({ kind: 'device', added: true, device });
    hostile.point(0.1, 0.1);
    const [dmabuf, syncobj] = [hostile.rig.kernel.createDmabuf(64 * 1024), syncobjs.create()];
    const files = { memory: memoryFile(64 * 1024), none: openSync('/dev/null', 'r'), dmabuf, syncobj: syncobj.fd };
    await hostile.run('destroys');
    const held = await hostile.settled();
    const { ends, grownMiB: grown } = await babble(hostile, new Random(seed), files);
    await hostile.lets(held);
    // What clients do wrong has a code.
    const ours = hostile.faults.filter((fault) => !(fault instanceof GuestheadError));
    assert.deepEqual(ours, [], 'nothing of the kiosk’s own failed');
    const memory = `${grown.held} MiB in JavaScript and ${grown.outsideHeap} MiB outside`;
    test.diagnostic(`${wanted} messages, ${told(ends)}; after a fifth of them memory has grown by ${memory}`);
    assert.ok(grown.held < mostGrowthMiB.held, memory);
    if (!sanitized) assert.ok(grown.outsideHeap < mostGrowthMiB.outsideHeap, memory);
    assert.deepEqual(syncobjs.held(), { devices: 1, handles: 0, waits: 0, descriptors: 0 });
    for (const file of [files.memory, files.none, dmabuf]) closeSync(file);
    syncobjs.close();
  });
});

/** What the clients say, until it is enough: how often each reason has ended one, and how far memory has grown. */
async function babble(hostile: HostileRig, random: Random, files: BabbleFiles) {
  const ends = new Map<string, number>();
  const babbles: (WireBabble | undefined)[] = Array.from({ length: clients });
  let warm = memoryMiB();
  for (let [round, sent] = [0, 0]; sent < wanted; round++, sent += burst) {
    const at = round % clients;
    const one = (babbles[at] ??= await WireBabble.connect(hostile.rig.path, random, files));
    await one.say(burst, 0.001);
    if (one.gone || random.chance(0.002)) {
      count(ends, one.gone ? one.error : 'the client itself');
      one.close();
      babbles[at] = undefined;
    }
    if (round % between === 0) await live(hostile, random);
    if (sent === fifth) warm = memoryMiB();
  }
  for (const one of babbles) one?.close();
  const now = memoryMiB();
  return { ends, grownMiB: { held: now.held - warm.held, outsideHeap: now.outsideHeap - warm.outsideHeap } };
}

function told(ends: ReadonlyMap<string, number>): string {
  const most = [...ends].sort(([, one], [, other]) => other - one);
  const connections = most.reduce((sum, [, times]) => sum + times, 0);
  return `${connections} connections, ended for ${most.length} reasons, most for “${most[0]?.[0]}”`;
}

/** After a collection. */
function memoryMiB() {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const inMiB = (bytes: number) => Math.round(bytes / 2 ** 20);
  return { held: inMiB(heapUsed + external), outsideHeap: inMiB(rss - heapTotal) };
}

async function live(hostile: HostileRig, random: Random): Promise<void> {
  for (let count = random.whole(0, 4); count > 0; count--) hostile.rig.kiosk.input(anyInput(random));
  const { frames } = hostile;
  await hostile.until(() => hostile.frames > frames);
}

function anyInput(random: Random): InputEvent {
  const at = { device, timeUs: random.whole(0, 1e6) };
  const place = { x: random.whole(0, 1000) / 1000, y: random.whole(0, 1000) / 1000 };
  const pressed = random.chance(0.5);
  return random.pick<InputEvent>([
    { ...at, ...place, kind: 'motion' },
    { ...at, kind: 'button', button: 0x110, pressed },
    { ...at, kind: 'key', key: random.whole(1, 60), pressed },
    { ...at, ...place, kind: 'touch-down', slot: random.whole(0, 3) },
    { ...at, ...place, kind: 'touch-motion', slot: random.whole(0, 3) },
    { ...at, kind: 'touch-up', slot: random.whole(0, 3) },
    { ...at, kind: 'touch-frame' },
  ]);
}

function count(all: Map<string, number>, what: string): void {
  const known = what.replace(/[0-9]+/g, 'N').slice(0, 80);
  all.set(known, (all.get(known) ?? 0) + 1);
}
