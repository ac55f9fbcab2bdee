/** Puts a framebuffer on the screen as another program does: with the whole mode, and waiting until it is there. */
import type { KmsNode } from '../../../src/device/index.js';
import type { FramebufferId, Mode } from '../../../src/ffi/index.js';
import { AtomicBuilder } from '../../../src/kms/atomic.js';
import type { Modeset, Pipe } from '../../../src/kms/index.js';
import { commitFlag, type AtomicRequest, type NativeDevice } from '../../../src/native/index.js';

export interface PictureParts {
  readonly node: KmsNode;
  readonly device: NativeDevice;
  readonly pipe: Pipe;
  readonly modeset: Modeset;
}

export function showPicture({ node, device, pipe, modeset }: PictureParts, mode: Mode, framebuffer: FramebufferId) {
  const picture = new AtomicBuilder(node).set('plane', pipe.plane, { FB_ID: BigInt(framebuffer) }).build();
  modeset.withState(mode, (state) => {
    device.commit(both(state, picture), commitFlag.allowModeset);
  });
  modeset.committed();
}

function both(first: AtomicRequest, second: AtomicRequest): AtomicRequest {
  return {
    objects: Uint32Array.from([...first.objects, ...second.objects]),
    properties: Uint32Array.from([...first.properties, ...second.properties]),
    values: BigUint64Array.from([...first.values, ...second.values]),
  };
}
