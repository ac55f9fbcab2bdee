/** Displays other than virtio-gpu, as public reports have them: shared planes and CRTCs, outputs that cannot tell. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KmsNode } from '../../../src/device/index.js';
import { format, type CrtcId, type Plane } from '../../../src/ffi/index.js';
import { openGpus } from '../../../src/head/index.js';
import { choosePipe } from '../../../src/kms/index.js';
import { checkHeads } from '../../../src/probe/heads.js';
import { FakeKernel, type FakeKernelOptions } from '../../../src/testing/index.js';

const modes = [{ width: 640, height: 480 }];

const asItIs = (plane: Plane): Plane => plane;

/** The fake display's node, with what a test changes of its planes and connectors. */
function withNode(options: FakeKernelOptions, use: (node: KmsNode) => void, planes = asItIs): void {
  using kernel = new FakeKernel(options);
  const node = kernel.openNode('/dev/dri/card0');
  node.becomeAtomicMaster();
  const kms: KmsNode['kms'] = { ...node.kms, getPlane: (id) => planes(node.kms.getPlane(id)) };
  const properties: KmsNode['properties'] = (object, kind) => node.properties(object, kind);
  use({ path: node.path, kms, properties } as KmsNode);
  node.close();
}

describe('a display whose CRTCs and planes are shared', () => {
  const shared = { connectors: [{ modes }, { modes }, { modes }], shared: true };

  it('gives each head a primary plane and a CRTC of its own', () => {
    withNode(shared, (node) => {
      const first = choosePipe(node, 'Virtual-1');
      const second = choosePipe(node, 'Virtual-2', [first]);
      const third = choosePipe(node, 'Virtual-3', [first, second]);
      for (const key of ['crtc', 'plane'] as const)
        assert.equal(new Set([first, second, third].map((pipe) => pipe[key])).size, 3, key);
    });
  });

  it('flips on all heads at once', async () => {
    using kernel = new FakeKernel(shared);
    const gpus = await openGpus({ kernel });
    const heads = [await gpus.openHead({ connector: 'Virtual-1' }), await gpus.openHead({ connector: 'Virtual-2' })];
    const frames = heads.map((): number[] => []);
    heads.forEach((head, index) => head.flips(() => undefined).subscribe(({ frame }) => frames[index]?.push(frame)));
    for (let turn = 0; turn < 40; turn++) await kernel.flip();
    assert.deepEqual(
      frames.map(({ length }) => length > 3),
      [true, true],
    );
    gpus.close();
  });

  it('pairs the n-th primary plane with the n-th CRTC, as the kernel’s helpers do, whichever head is first', () => {
    withNode(shared, (node) => {
      const { crtcIndex, plane } = choosePipe(node, 'Virtual-3');
      assert.equal(node.kms.getPlanes().indexOf(plane), crtcIndex);
    });
  });

  it('leaves a plane that another CRTC shows to that one', () => {
    const other = 9999 as CrtcId;
    withNode(
      shared,
      (node) => {
        const [first] = node.kms.getPlanes();
        assert.notEqual(choosePipe(node, 'Virtual-1').plane, first);
      },
      (plane) => ({ ...plane, crtc: plane.possibleCrtcs === 7 && plane.crtc !== undefined ? other : undefined }),
    );
  });

  it('gives a connector that any CRTC can drive the one that no other connector needs', () => {
    withNode({ connectors: [{ modes }, { modes }] }, (node) => {
      const encoders = node.kms.getResources().encoders;
      const reach = (id: (typeof encoders)[number]) => (id === encoders[0] ? 0b11 : 0b01);
      const getEncoder: KmsNode['kms']['getEncoder'] = (id) => ({
        ...node.kms.getEncoder(id),
        crtc: undefined,
        possibleCrtcs: reach(id),
      });
      const getPlane: KmsNode['kms']['getPlane'] = (id) => ({ ...node.kms.getPlane(id), crtc: undefined });
      const board = { ...node, kms: { ...node.kms, getEncoder, getPlane } } as KmsNode;
      const first = choosePipe(board, 'Virtual-1');
      assert.equal(first.crtcIndex, 1, 'for the second connector can use the first CRTC alone');
      assert.equal(choosePipe(board, 'Virtual-2', [first]).crtcIndex, 0);
    });
  });
});

describe('a display whose primary plane has no XRGB8888', () => {
  it('is told what it has', () => {
    withNode(
      {},
      (node) => {
        const lacking = { code: 'ERR_NO_PLANE', advice: /shows RG16 only/ };
        assert.throws(() => choosePipe(node, undefined), lacking);
      },
      (plane) => ({ ...plane, formats: [format.RGB565] }),
    );
  });

  it('takes another primary plane that has it', () => {
    withNode({ connectors: [{ modes }, {}], shared: true }, (node) => {
      const [bare, second] = node.kms.getPlanes();
      const getPlane: KmsNode['kms']['getPlane'] = (id) => {
        const plane = node.kms.getPlane(id);
        return { ...plane, formats: id === bare ? [format.RGB565] : plane.formats };
      };
      assert.equal(choosePipe({ ...node, kms: { ...node.kms, getPlane } }, undefined).plane, second);
    });
  });
});

describe('an output that cannot tell whether something is plugged in', () => {
  const unsure = { modes, status: 'unknown' } as const;

  it('is taken where none is known to be connected, and no sooner', () => {
    withNode({ connectors: [{}, unsure] }, (node) => {
      assert.equal(choosePipe(node, undefined).connector.name, 'Virtual-2');
    });
    withNode({ connectors: [unsure, { modes }] }, (node) => {
      assert.equal(choosePipe(node, undefined).connector.name, 'Virtual-2');
    });
    withNode({ connectors: [{ status: 'unknown' }] }, (node) => {
      assert.throws(() => choosePipe(node, undefined), { code: 'ERR_NO_CONNECTOR' });
    });
  });

  it('is not blanked by a hotplug of which it knows nothing', async () => {
    using kernel = new FakeKernel({ connectors: [unsure] });
    const gpus = await openGpus({ kernel });
    const head = await gpus.openHead();
    const running = head.flips(() => undefined).subscribe();
    for (let turn = 0; turn < 10; turn++) await kernel.flip();
    await kernel.setModes([{ width: 800, height: 600 }, ...modes]);
    for (let turn = 0; turn < 40; turn++) await kernel.flip();
    assert.deepEqual(kernel.screen().mode, { width: 800, height: 600 });
    running.unsubscribe();
    gpus.close();
  });

  it('is a head for a probe, which says what is not known of it', () => {
    const facts = { make: null, model: null, serial: null };
    const heads = [
      {
        connector: 'VGA-1',
        status: 'unknown' as const,
        modes: [{ width: 1024, height: 768, refreshHz: 60, preferred: true }],
        ...facts,
      },
    ];
    const device = { driver: 'vc4', pci: undefined, primary: '/dev/dri/card0', render: undefined };
    const reading = { device, heads: { value: heads } } as unknown as Parameters<typeof checkHeads>[0][number];
    const [check] = checkHeads([reading]);
    assert.equal(check?.status, 'ok');
    assert.match(check.found, /VGA-1: 1024x768@60.*cannot tell/);
  });
});
