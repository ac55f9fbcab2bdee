/** Clients that keep to no protocol: the server lives, and serves the others. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ProtocolError } from '../../src/wayland/index.js';
import { memoryFile, openDescriptors } from './support/descriptors.js';
import { hostileProgram } from './support/hostile-program.js';
import { Random, seedOf } from '../support/random.js';
import { WireClient } from '../support/wayland-client.js';
import { until, WaylandRig } from './support/wayland-rig.js';

const seed = seedOf();

let rig: WaylandRig;

beforeEach(() => {
  rig = new WaylandRig();
});

afterEach(() => {
  rig.close();
});

describe('a Wayland server', () => {
  it(`bears messages that are broken at random (GUESTHEAD_SEED=${seed})`, async () => {
    rig.offerCompositor();
    const random = new Random(seed);
    for (let round = 0; round < 40; round++) {
      const client = await rig.connect();
      const compositor = client.bind('wl_compositor');
      const surface = client.request(compositor, 'create_surface');
      for (let count = 0; count < 200; count++) client.raw(brokenMessage(random, [1, 2, compositor, surface]));
      if (random.whole(0, 1) === 0) await client.end();
      client.close();
    }
    const good = await rig.connect();
    await good.roundtrip();
    assert.equal(good.gone, false);
    good.close();
    await until(() => rig.server.native.stats().clients === 0);
    assert.equal(rig.server.native.stats().resources, 0);
  });

  it('closes the descriptors of a request that breaks a rule', async () => {
    rig.server.offer('zwp_linux_dmabuf_v1', 3, (dmabuf) => {
      dmabuf.implement({
        destroy: () => undefined,
        get_default_feedback: () => undefined,
        get_surface_feedback: () => undefined,
        create_params: (params) => {
          const refuse = () => {
            throw new ProtocolError(params, 1, 'a plane that is none');
          };
          params.implement({ destroy: () => undefined, add: refuse, create: refuse, create_immed: refuse });
        },
      });
    });
    const file = memoryFile(1);
    const inode = fstatSync(file).ino;
    const client = await rig.connect();
    const params = client.request(client.bind('zwp_linux_dmabuf_v1'), 'create_params');
    client.requestWith([file], params, 'add', 0, 0, 4, 0, 0);
    await client.end();
    assert.equal(client.error?.text, 'a plane that is none');
    const open = readdirSync('/proc/self/fd').filter((fd) => inodeOf(fd) === inode);
    assert.deepEqual(open, [`${file}`]);
    closeSync(file);
  });

  it('bears what is no message', async () => {
    rig.offerCompositor();
    for (const bytes of [
      [1, 0, 0, 0, 0, 0, 0, 0],
      [9, 9, 9, 9, 0, 0, 8, 0],
      [1, 0, 0, 0, 0, 0, 255, 255],
    ]) {
      const client = await rig.connect();
      client.raw(Uint8Array.from([...bytes, ...bytes, ...bytes]));
      client.close();
    }
    const good = await rig.connect();
    await good.roundtrip();
    assert.equal(good.gone, false);
  });
});

describe('a Wayland server with many clients', () => {
  const few = { mostClients: 2 };

  it('lets more than it takes wait until one has gone', async () => {
    const crowded = new WaylandRig(few);
    const [first] = [await crowded.connect(), await crowded.connect()];
    const third = WireClient.connect(crowded.path);
    assert.equal(await Promise.race([third, first.roundtrip().then(() => 'waits')]), 'waits');
    assert.equal(crowded.server.native.stats().clients, few.mostClients);
    first.close();
    await (await third).roundtrip();
    crowded.close();
  });

  it('takes them again after it was closed with some waiting, and leaves no descriptor', async () => {
    const before = openDescriptors();
    const crowded = new WaylandRig(few);
    const clients = [await crowded.connect(), await crowded.connect()];
    void WireClient.connect(crowded.path).catch(() => undefined);
    await clients[0]?.roundtrip();
    crowded.close();
    for (const client of clients) client.close();
    await until(() => openDescriptors() <= before);
  });

  it('ends one that keeps it busy, and tells of it', async () => {
    const busy = new WaylandRig({ mostLoad: { share: 0.05, seconds: 0.5 } });
    busy.offerCompositor({ damage: () => undefined });
    const good = await busy.connect();
    const flood = spawn(hostileProgram(), [busy.path, 'requests'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    flood.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(flood, 'close');
    assert.match(said, /^error wl_display 2 .*\nended\n$/);
    assert.match(busy.faults.map(({ error }) => String(error)).join(), /for too long/);
    await good.roundtrip();
    assert.equal(good.gone, false);
    busy.close();
  });
});

/** A message of an object that exists, whose opcode, length and arguments may be anything. */
function brokenMessage(random: Random, ids: readonly number[]): Uint8Array {
  const words = Array.from({ length: random.whole(0, 6) }, () =>
    random.whole(0, random.whole(0, 1) === 0 ? 8 : 2 ** 31),
  );
  const length = random.whole(0, 19) === 0 ? random.whole(0, 65535) : 8 + 4 * words.length;
  const id = ids[random.whole(0, ids.length - 1)] ?? 1;
  return new Uint8Array(Uint32Array.from([id, ((length << 16) | random.whole(0, 11)) >>> 0, ...words]).buffer);
}

/** Undefined where it has been closed meanwhile. */
function inodeOf(fd: string): number | undefined {
  try {
    return fstatSync(Number(fd)).ino;
  } catch {
    return undefined;
  }
}
