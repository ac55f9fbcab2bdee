/** Opens all that a head needs, in the order of a frame's way; what fails closes what was opened. */
import { climbDown, type PathName, type Refusal, type ScanoutBuffer } from '../buffer/index.js';
import { discover, DrmNode, selectDisplay, selectRender } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { GbmDevice, loadLibdrm, loadLibgbm, type Mode } from '../ffi/index.js';
import type { Native, NativeDevice } from '../native.js';
import { Owner } from '../owner.js';
import { chooseMode } from './mode.js';
import type { CheckedOptions } from './options.js';
import { choosePipeline, type Pipeline } from './pipeline.js';
import { Screen } from './screen.js';

export interface HeadParts {
  readonly native: Native;
  readonly display: DrmNode;
  readonly render: DrmNode;
  readonly gbm: GbmDevice;
  readonly device: NativeDevice;
  readonly pipeline: Pipeline;
  readonly mode: Mode;
  readonly path: PathName;
  /** The better paths that were refused. */
  readonly refused: readonly Refusal[];
  readonly buffers: readonly ScanoutBuffer[];
  readonly screen: Screen;
  /** Closes all of the above. */
  readonly owner: Owner;
}

export async function openParts(options: CheckedOptions): Promise<HeadParts> {
  loadLibdrm();
  loadLibgbm();
  const native = options.native();
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const { display, render } = openNodes(options, owner);
    const pipeline = choosePipeline(display, options.connector);
    const mode = chooseMode(pipeline.connector, options.mode);
    const gbm = owner.own(GbmDevice.create(render.fd), (device) => {
      device.close();
    });
    const device = owner.own(native.openDevice(display.fd), (opened) => {
      opened.close();
    });
    const screen = new Screen(display, device, pipeline);
    const devices = { native, gbm, display, render };
    const rung = await climbDown(options.path, devices, mode, options.buffers, ({ framebuffer }) => {
      screen.test(mode, framebuffer);
    });
    owner.own(rung.owner, (buffers) => {
      buffers.close();
    });
    const { path, buffers, refused } = rung;
    return { native, display, render, gbm, device, pipeline, mode, path, refused, buffers, screen, owner };
  });
}

function openNodes({ display, render }: CheckedOptions, owner: Owner): { display: DrmNode; render: DrmNode } {
  const found = discover();
  const shows = selectDisplay(found, display);
  const renders = selectRender(found, render, shows.device);
  const close = (node: DrmNode) => {
    node.close();
  };
  const displayNode = owner.own(DrmNode.open(shows.node), close);
  const renderNode = owner.own(DrmNode.open(renders.node), close);
  needs(displayNode, displayNode.canImport(), 'cannot import dma-bufs');
  needs(renderNode, renderNode.canExport(), 'cannot export dma-bufs');
  displayNode.becomeAtomicMaster();
  owner.own(displayNode, (node) => {
    node.giveUpMaster();
  });
  return { display: displayNode, render: renderNode };
}

function needs(node: DrmNode, holds: boolean, fault: string): void {
  if (holds) return;
  throw new GuestheadError('ERR_UNSUPPORTED', `${node.driver} ${fault}`, {
    device: node.path,
    advice: 'choose another device with --render or --display',
  });
}
