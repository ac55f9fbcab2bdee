import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Connector, ConnectorId, Mode } from '../../../src/ffi/index.js';
import { ConnectorWatch, type ConnectorAction } from '../../../src/output/connector-watch.js';

function mode(width: number, height: number, preferred = false): Mode {
  const raw = Buffer.alloc(68);
  raw.writeUInt16LE(width, 4);
  raw.writeUInt16LE(height, 14);
  return { name: '', width, height, refreshHz: 75, preferred, flags: 0, type: 0, raw };
}

const first = mode(1280, 720, true);
const resized = mode(800, 600, true);
const standard = [mode(5120, 2160), mode(1024, 768), mode(640, 480)];

/** A host with one head, and who watches it: by the list of modes, none = closed. */
class Host {
  #id = 1;
  #modes: readonly Mode[] = [first, ...standard];
  readonly watch = new ConnectorWatch(1 as ConnectorId, (fd, id) => {
    assert.deepEqual([fd, id], [7, this.#id], 'the connector of the device that is there');
    return this.#connector();
  });

  constructor(private readonly policy: 'follow' | 'keep' | 'stop') {}

  sets(modes: readonly Mode[], shown = first): ConnectorAction {
    this.#modes = modes;
    return this.watch.look({ fd: 7 }, this.policy, shown);
  }

  /** The device is bound again, its connector under another id. */
  rebinds(modes: readonly Mode[]): ConnectorAction {
    this.#modes = modes;
    this.#id++;
    return this.watch.cameBack(this.#connector(), this.policy);
  }

  #connector(): Connector {
    const status = this.#modes.length === 0 ? 'disconnected' : 'connected';
    return { id: this.#id, name: 'Virtual-1', status, modes: this.#modes } as unknown as Connector;
  }
}

function assertAction({ action, mode: wanted, fault }: ConnectorAction, expected: unknown[]): void {
  assert.deepEqual([action, wanted?.width, fault?.code].slice(0, expected.length), expected);
}

const nothing = ['none', undefined, undefined];

describe('a head that follows', () => {
  it('takes each new preferred mode, and nothing else', () => {
    const host = new Host('follow');
    assertAction(host.sets([first, ...standard]), nothing);
    assertAction(host.sets([resized, ...standard]), ['show', 800, undefined]);
  });

  it('stays in its mode where the new size has no preferred one, and says so once', () => {
    const host = new Host('follow');
    const action = host.sets(standard);
    assertAction(action, ['none', undefined, 'ERR_NO_MODE']);
    assert.match(action.fault?.message ?? '', /Virtual-1 .* stays at 1280x720@75/);
    assertAction(host.sets(standard), nothing);
    assertAction(host.sets(standard.slice(1)), nothing);
    assertAction(host.sets([resized, ...standard]), ['show', 800, undefined]);
    assertAction(host.sets(standard, resized), ['none', undefined, 'ERR_NO_MODE']);
  });

  it('is content with the first mode of a connector that never preferred one', () => {
    assertAction(new Host('follow').sets(standard, standard[0]), nothing);
  });

  it('shows nothing while the host has it closed, then its mode again where none is preferred', () => {
    const host = new Host('follow');
    assertAction(host.sets([]), ['blank', undefined, 'ERR_NO_CONNECTOR']);
    assert.ok(host.watch.unplugged);
    assertAction(host.sets([]), nothing);
    assertAction(host.sets(standard), ['show', 1280, 'ERR_NO_MODE']);
    assert.ok(!host.watch.unplugged);
  });
});

describe('a head whose device came back', () => {
  it('flips on where it is plugged in, and watches the new connector', () => {
    const host = new Host('follow');
    assertAction(host.rebinds([resized, ...standard]), nothing);
    assertAction(host.sets([resized, ...standard], resized), nothing);
  });

  it('waits for a connector that the host closed meanwhile', () => {
    const host = new Host('follow');
    assertAction(host.rebinds([]), ['blank', undefined, 'ERR_NO_CONNECTOR']);
    assert.ok(host.watch.unplugged);
    assertAction(host.sets([first]), ['show', 1280, undefined]);
  });

  it('says nothing anew of one that was closed before', () => {
    const host = new Host('follow');
    host.sets([]);
    assertAction(host.rebinds([]), nothing);
    assert.ok(host.watch.unplugged);
    assertAction(host.rebinds([first]), nothing);
    assert.ok(!host.watch.unplugged);
  });

  it('ends with --on-resize stop, and flips on regardless with keep', () => {
    assertAction(new Host('stop').rebinds([]), ['stop', undefined, undefined]);
    const keeping = new Host('keep');
    assertAction(keeping.rebinds([]), nothing);
    assert.ok(!keeping.watch.unplugged);
  });
});

describe('a head that stops at a change', () => {
  it('ends with any, a size without a preferred mode among them', () => {
    for (const modes of [[resized, ...standard], standard, []]) assertAction(new Host('stop').sets(modes), ['stop']);
    assertAction(new Host('stop').sets([first]), nothing);
  });
});
