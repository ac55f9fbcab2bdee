/** A Wayland server in TypeScript on the real libwayland, and clients that write the wire themselves. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { enums, ProtocolError, WaylandServer, type Resource } from '../../src/wayland/index.js';
import { until, waylandAddon, WaylandRig } from './support/wayland-rig.js';

let rig: WaylandRig;

beforeEach(() => {
  rig = new WaylandRig();
});

afterEach(() => {
  rig.close();
});

describe('a Wayland server', () => {
  it('offers its globals in their versions, and binds them', async () => {
    rig.offerCompositor();
    rig.server.offer('wl_output', 4, (output) => {
      output.implement({ release: () => undefined });
      output.send.geometry(0, 0, 520, 290, enums.wl_output.subpixel.unknown, 'a maker', 'a model', 1);
      output.send.scale(2);
      output.send.done();
    });
    const client = await rig.connect();
    assert.deepEqual(Object.fromEntries([...client.globals].map(([name, [, version]]) => [name, version])), {
      wl_compositor: 5,
      wl_output: 4,
    });
    const output = client.bind('wl_output', 2);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(output), [
      ['geometry', 0, 0, 520, 290, 0, 'a maker', 'a model', 1],
      ['scale', 2],
      ['done'],
    ]);
    assert.deepEqual(rig.faults, []);
  });

  it('hands requests over as rig.calls, with objects for their numbers', async () => {
    rig.offerCompositor();
    const client = await rig.connect();
    const compositor = client.bind('wl_compositor');
    const surface = client.request(compositor, 'create_surface');
    const region = client.request(compositor, 'create_region');
    client.request(surface, 'set_opaque_region', region);
    client.request(surface, 'set_input_region', null);
    client.request(surface, 'damage', -1, 2, 3, 2147483647);
    client.request(surface, 'attach', null, 4, 5);
    client.request(surface, 'destroy');
    await client.roundtrip();
    assert.deepEqual(rig.calls, [
      ['wl_surface', 'set_opaque_region', 'wl_region'],
      ['wl_surface', 'set_input_region', null],
      ['wl_surface', 'damage', -1, 2, 3, 2147483647],
      ['wl_surface', 'attach', null, 4, 5],
      ['wl_surface', 'destroy'],
      ['destroyed'],
    ]);
    assert.equal(rig.surfaces[0]?.alive, false);
    // The number is the client's again.
    assert.ok(client.events.some(({ name, values }) => name === 'delete_id' && values[0] === surface));
  });

  it('tells a client which rule it broke, and ends it alone', async () => {
    rig.offerCompositor({
      set_buffer_scale(scale) {
        const [surface] = rig.surfaces;
        assert.ok(surface);
        throw new ProtocolError(surface, enums.wl_surface.error.invalid_scale, `scale ${scale}`);
      },
    });
    const [bad, good] = [await rig.connect(), await rig.connect()];
    const surface = bad.request(bad.bind('wl_compositor'), 'create_surface');
    bad.request(surface, 'set_buffer_scale', -1);
    await bad.end();
    assert.deepEqual(bad.error, { object: surface, code: 0, text: 'scale -1' });
    await good.roundtrip();
    assert.equal(good.gone, false);
  });

  it('survives a handler that throws: its client is told and ended, the fault is told', async () => {
    rig.offerCompositor({
      commit() {
        throw new RangeError('a fault of ours');
      },
    });
    const [bad, good] = [await rig.connect(), await rig.connect()];
    const surface = bad.request(bad.bind('wl_compositor'), 'create_surface');
    bad.request(surface, 'commit');
    await bad.end();
    assert.match(bad.error?.text ?? '', /the compositor failed/);
    assert.equal(rig.faults.length, 1);
    assert.match(String(rig.faults[0]?.error), /a fault of ours/);
    await good.roundtrip();
    assert.equal(good.gone, false);
  });

  it('survives an object’s end that fails: the fault is told', async () => {
    rig.server.offer('wl_output', 4, (output) => {
      output.implement({ release: () => undefined }, () => {
        throw new RangeError('a fault of ours');
      });
    });
    const [bad, good] = [await rig.connect(), await rig.connect()];
    bad.bind('wl_output');
    await bad.roundtrip();
    bad.close();
    await until(() => rig.faults.length > 0);
    assert.match(String(rig.faults[0]?.error), /a fault of ours/);
    await good.roundtrip();
    assert.equal(good.gone, false);
  });

  it('takes a request without a handler as a fault of its own', async () => {
    rig.server.offer('wl_compositor', 4, () => undefined);
    const client = await rig.connect();
    client.request(client.bind('wl_compositor'), 'create_surface');
    await client.end();
    assert.match(String(rig.faults[0]?.error), /wl_compositor.create_surface has no handler/);
  });

  it('sends no event that the client’s version has not, and none of wrong values', async () => {
    rig.offerCompositor();
    const client = await rig.connect();
    const id = client.request(client.bind('wl_compositor', 5), 'create_surface');
    await client.roundtrip();
    const surface = rig.surfaces[0];
    assert.ok(surface);
    assert.throws(() => surface.send.preferred_buffer_scale(2), /version without this event/);
    assert.throws(() => surface.send.enter('x' as never), TypeError);
    assert.throws(() => surface.send.enter(null), RangeError);
    const other = await rig.connect();
    other.request(other.bind('wl_compositor'), 'create_surface');
    await other.roundtrip();
    assert.ok(rig.surfaces[1]);
    assert.throws(() => surface.send.enter(rig.surfaces[1] as never), /another client/);
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(id), []);
  });

  it('ends an object with the last event that the protocol has for it', async () => {
    let ends = 0;
    const callbacks: Resource<'wl_callback'>[] = [];
    rig.offerCompositor({ frame: (callback) => void callbacks.push(callback.implement({}, () => ends++)) });
    const client = await rig.connect();
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    const id = client.request(surface, 'frame');
    await client.roundtrip();
    const [callback] = callbacks;
    callback?.send.done(7);
    callback?.send.done(8);
    assert.deepEqual([callback?.alive, ends], [false, 1]);
    callback?.destroy();
    await client.roundtrip();
    assert.deepEqual(client.eventsOf(id), [['done', 7]]);
    assert.equal(ends, 1);
    assert.deepEqual(rig.faults, []);
  });

  it('posts nothing to what has gone', async () => {
    rig.offerCompositor();
    const client = await rig.connect();
    client.request(client.bind('wl_compositor'), 'create_surface');
    await client.roundtrip();
    client.close();
    await until(() => rig.surfaces[0]?.alive === false);
    const surface = rig.surfaces[0];
    assert.ok(surface);
    surface.fail(0, 'nobody hears');
    surface.destroy();
    assert.equal(surface.create('wl_callback', 1), undefined);
    assert.equal(surface.client.alive, false);
    assert.equal(surface.client.credentials, undefined);
    assert.deepEqual(rig.server.native.stats(), { clients: 0, resources: 0, globals: 1 });
  });

  it('ends a client that asks for more objects than it may have', async () => {
    rig.offerCompositor();
    const client = await rig.connect();
    const compositor = client.bind('wl_compositor');
    for (let count = 0; count < 60; count++) client.request(compositor, 'create_region');
    await client.end();
    assert.match(client.error?.text ?? '', /no memory/);
  });

  it('shows a global only to the clients that may see it', async () => {
    rig.offerCompositor();
    rig.server.offer('wl_output', 4, () => undefined, 2);
    const plainClient = await rig.connect();
    rig.server.clients$.subscribe((client) => client.setMask(3));
    const privileged = await rig.connect();
    assert.deepEqual([...plainClient.globals.keys()], ['wl_compositor']);
    assert.deepEqual([...privileged.globals.keys()], ['wl_compositor', 'wl_output']);
    // The number is guessed.
    plainClient.globals.set('wl_output', [privileged.globals.get('wl_output')?.[0] ?? 0, 4]);
    plainClient.bind('wl_output');
    await plainClient.end();
    assert.match(plainClient.error?.text ?? '', /invalid global/);
  });

  it('may end a client, or itself, in the middle of its request', async () => {
    const order: string[] = [];
    rig.offerCompositor({ commit: () => rig.surfaces[0]?.client.destroy() });
    const client = await rig.connect();
    const surface = client.request(client.bind('wl_compositor'), 'create_surface');
    client.request(surface, 'commit');
    client.request(surface, 'commit');
    await client.end();
    const other = await rig.connect();
    rig.surfaces.length = 0;
    const second = other.request(other.bind('wl_compositor'), 'create_surface');
    await other.roundtrip();
    rig.surfaces[0]?.implement(
      rig.noting('wl_surface', {
        commit: () => {
          rig.server.close();
          order.push('closed');
        },
      }),
    );
    other.request(second, 'commit');
    await other.end();
    assert.deepEqual(order, ['closed']);
    assert.throws(() => rig.server.nextSerial(), { code: 'ERR_CLOSED' });
    rig.server.close();
  });

  it('says who is connected', async () => {
    const pids: (number | undefined)[] = [];
    rig.server.clients$.subscribe((client) => pids.push(client.credentials?.pid));
    const client = await rig.connect();
    client.close();
    assert.deepEqual(pids, [process.pid]);
  });

  it('does not take a socket that another server has', () => {
    const second = new WaylandServer(waylandAddon);
    assert.throws(
      () => {
        second.listen(rig.path);
      },
      { code: 'ERR_SYSTEM' },
    );
    second.close();
  });
});
