import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KmsNode } from '../../../src/device/index.js';
import type { Connector, ConnectorId, Mode } from '../../../src/ffi/index.js';
import { ConnectorWatch, type ConnectorAction } from '../../../src/head/connector-watch.js';

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
  readonly watch = new ConnectorWatch(1 as ConnectorId);

  readonly #node = {
    kms: {
      getConnector: (id: ConnectorId) => {
        assert.equal(id, this.#id, 'the connector of the device that is there');
        return this.#connector();
      },
    },
  } as unknown as KmsNode;

  constructor(private readonly policy: 'follow' | 'keep' | 'stop') {}

  sets(modes: readonly Mode[], shown = first): ConnectorAction {
    this.#modes = modes;
    return this.watch.look(this.#node, this.policy, shown);
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

/** `mode`: the width of what is to be shown. */
function assertAction(action: ConnectorAction, expected: string, wanted: { mode?: number; fault?: string } = {}): void {
  const shows = action.action === 'show' ? { mode: action.mode?.width } : {};
  const reports = action.fault === undefined ? {} : { fault: action.fault.code };
  assert.deepEqual([action.action, { ...shows, ...reports }], [expected, wanted]);
}

describe('a head that follows', () => {
  it('takes each new preferred mode, and nothing else', () => {
    const host = new Host('follow');
    assertAction(host.sets([first, ...standard]), 'none');
    assertAction(host.sets([resized, ...standard]), 'show', { mode: 800 });
  });

  it('stays in its mode where the new size has no preferred one, and says so once', () => {
    const host = new Host('follow');
    for (const shown of [first, resized]) {
      const look = host.sets(standard, shown);
      assertAction(look, 'none');
      assert.ok(look.unsettled, 'the kernel may not be there yet');
      const again = host.sets(standard, shown);
      assertAction(again, 'none', { fault: 'ERR_NO_MODE' });
      assert.ok(again.unsettled !== true);
      assert.match(again.fault?.message ?? '', /Virtual-1 .* stays at \d+x\d+@75/);
      assertAction(host.sets(standard.slice(1), shown), 'none');
      assertAction(host.sets([resized, ...standard]), 'show', { mode: 800 });
    }
  });

  it('says nothing of a mode that is missing for a moment only', () => {
    const host = new Host('follow');
    for (let change = 0; change < 3; change++) {
      assertAction(host.sets(standard), 'none');
      assertAction(host.sets([resized, ...standard]), 'show', { mode: 800 });
    }
  });

  it('is content with the first mode of a connector that never preferred one', () => {
    assertAction(new Host('follow').sets(standard, standard[0]), 'none');
  });

  it('shows nothing while the host has it closed, then its mode again where none is preferred', () => {
    const host = new Host('follow');
    assertAction(host.sets([]), 'blank', { fault: 'ERR_NO_CONNECTOR' });
    assert.ok(host.watch.unplugged);
    assertAction(host.sets([]), 'none');
    assertAction(host.sets(standard), 'show', { mode: 1280 });
    assert.ok(!host.watch.unplugged);
  });
});

describe('a head whose device came back', () => {
  it('flips on where it is plugged in, and watches the new connector', () => {
    const host = new Host('follow');
    assertAction(host.rebinds([resized, ...standard]), 'none');
    assertAction(host.sets([resized, ...standard], resized), 'none');
  });

  it('waits for a connector that the host closed meanwhile', () => {
    const host = new Host('follow');
    assertAction(host.rebinds([]), 'blank', { fault: 'ERR_NO_CONNECTOR' });
    assert.ok(host.watch.unplugged);
    assertAction(host.sets([first]), 'show', { mode: 1280 });
  });

  it('says nothing anew of one that was closed before', () => {
    const host = new Host('follow');
    host.sets([]);
    assertAction(host.rebinds([]), 'none');
    assert.ok(host.watch.unplugged);
    assertAction(host.rebinds([first]), 'none');
    assert.ok(!host.watch.unplugged);
  });

  it('ends with --on-resize stop, and flips on regardless with keep', () => {
    assertAction(new Host('stop').rebinds([]), 'stop');
    const keeping = new Host('keep');
    assertAction(keeping.rebinds([]), 'none');
    assert.ok(!keeping.watch.unplugged);
  });
});

describe('a head that stops at a change', () => {
  it('ends with any, a size without a preferred mode among them', () => {
    for (const modes of [[resized, ...standard], standard, []]) assertAction(new Host('stop').sets(modes), 'stop');
    assertAction(new Host('stop').sets([first]), 'none');
  });
});
