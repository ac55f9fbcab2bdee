import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { KmsNode } from '../../../src/device/index.js';
import { choosePipe, pipeAt } from '../../../src/kms/index.js';
import { FakeKernel } from '../../../src/testing/index.js';

const modes = [{ width: 640, height: 480 }];
let kernel: FakeKernel;
let node: KmsNode;

/** A display with these connectors, plugged in or not. */
function plug(...connected: boolean[]): void {
  kernel = new FakeKernel({ connectors: connected.map((isConnected) => (isConnected ? { modes } : {})) });
  node = kernel.openNode('/dev/dri/card0');
  node.becomeAtomicMaster();
}

beforeEach(() => {
  plug(false, true, true);
});
afterEach(() => {
  node.close();
  kernel.close();
});

describe('the pipe of a head', () => {
  it('is the first that is connected, with a CRTC and a primary plane of its own', () => {
    const pipe = choosePipe(node, undefined);
    assert.deepEqual([pipe.connector.name, pipe.connectorIndex, pipe.crtcIndex], ['Virtual-2', 1, 1]);
    assert.equal(node.kms.getPlane(pipe.plane).possibleCrtcs, 1 << 1);
    const next = choosePipe(node, undefined, [pipe]);
    assert.equal(next.connector.name, 'Virtual-3');
    assert.notEqual(next.crtc, pipe.crtc);
    assert.notEqual(next.plane, pipe.plane);
  });

  it('is the named one, unless another head has it or nothing is plugged in there', () => {
    const pipe = choosePipe(node, 'Virtual-3');
    assert.equal(pipe.connectorIndex, 2);
    assert.throws(() => choosePipe(node, 'Virtual-3', [pipe]), { code: 'ERR_USAGE', message: /has a head already/ });
    assert.throws(() => choosePipe(node, 'Virtual-1'), { code: 'ERR_NO_CONNECTOR' });
  });

  it('that has no such connector names those there are', () => {
    const advice = 'valid choices: Virtual-1 (disconnected), Virtual-2 (connected), Virtual-3 (connected)';
    assert.throws(() => choosePipe(node, 'DP-9'), { code: 'ERR_USAGE', advice });
  });

  it('passes over a connector that is connected but has no mode; named, it says what is wrong with it', () => {
    kernel = new FakeKernel({ connectors: [{ connected: true }, { modes }] });
    node = kernel.openNode('/dev/dri/card0');
    node.becomeAtomicMaster();
    assert.equal(choosePipe(node, undefined).connector.name, 'Virtual-2');
    const broken = {
      code: 'ERR_NO_CONNECTOR',
      message: /Virtual-1 is connected.*no mode/,
      advice: /EDID.*edid_firmware=Virtual-1/,
    };
    assert.throws(() => choosePipe(node, 'Virtual-1'), broken);
    assert.throws(() => choosePipe(node, undefined, [choosePipe(node, 'Virtual-2')]), broken);
  });

  it('is none where nothing is connected that no other head has', () => {
    const taken = [choosePipe(node, undefined)];
    taken.push(choosePipe(node, undefined, taken));
    assert.throws(() => choosePipe(node, undefined, taken), { code: 'ERR_NO_CONNECTOR' });
  });

  it('is none where another head has the only CRTC that can drive the connector', () => {
    const { crtc } = choosePipe(node, 'Virtual-3');
    const taken = [{ ...choosePipe(node, 'Virtual-2'), crtc }];
    assert.throws(() => choosePipe(node, 'Virtual-3', taken), { code: 'ERR_NO_PLANE', message: /No CRTC/ });
  });

  it('is found again by its place in the list, plugged in or not', () => {
    assert.equal(pipeAt(node, 0, []).connector.status, 'disconnected');
    const pipe = pipeAt(node, 2, []);
    assert.equal(pipe.connector.name, 'Virtual-3');
    assert.throws(() => pipeAt(node, 2, [pipe]), { code: 'ERR_USAGE' });
    assert.throws(() => pipeAt(node, 3, []), { code: 'ERR_NO_CONNECTOR', advice: /max_outputs/ });
  });

  it('needs a client that sees all planes', () => {
    const stranger = kernel.openNode('/dev/dri/card0');
    assert.throws(() => choosePipe(stranger, undefined), { code: 'ERR_NO_PLANE', message: /primary plane/ });
    stranger.close();
  });
});
