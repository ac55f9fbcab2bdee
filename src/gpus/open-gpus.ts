/** Opens the two GPUs of a pair; each closes all that was opened with it. */
import { GemHandles } from '../buffer/index.js';
import { discover, DrmNode, selectDisplay, selectRender, type DrmDevice, type Selected } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { GbmDevice, loadLibdrm, loadLibgbm } from '../ffi/index.js';
import type { Native, NativeDevice } from '../native.js';
import { Owner } from '../owner.js';
import { becomeMasterInTime } from './master-wait.js';
import type { CheckedGpuOptions } from './options.js';

/** The device that shows. */
export interface DisplayGpu {
  /** As discovered: its PCI address outlives its node's name. */
  readonly found: DrmDevice;
  readonly node: DrmNode;
  readonly device: NativeDevice;
  readonly handles: GemHandles;
  /** Gives DRM master up and closes all of these. */
  readonly owner: Owner;
}

/** The device that allocates, and draws. */
export interface RenderGpu {
  readonly found: DrmDevice;
  readonly node: DrmNode;
  readonly gbm: GbmDevice;
  readonly owner: Owner;
}

export interface OpenGpus {
  readonly native: Native;
  readonly display: DisplayGpu;
  readonly render: RenderGpu;
}

/** Both devices are looked for before either is opened: a machine with one only shall say so. */
export async function openBoth(options: CheckedGpuOptions): Promise<OpenGpus> {
  loadLibdrm();
  loadLibgbm();
  const native = options.native(); // before Mesa, whose loading on a thread holds the dynamic linker's lock
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const found = discover();
    const chosenDisplay = selectDisplay(found, options.display);
    const chosenRender = selectRender(found, options.render, chosenDisplay.device);
    const rendering = openRender(chosenRender); // begun first: its driver is loaded on a thread meanwhile
    const opening = [openDisplay(chosenDisplay, options, native), rendering] as const;
    for (const gpu of await fulfilled<DisplayGpu | RenderGpu>(opening)) owner.own(gpu.owner);
    const [display, render] = await Promise.all(opening);
    native.discardCode('libLLVM'); // comes with Mesa, and its initializers alone touch 30 MiB
    return { native, display, render };
  });
}

/** Opens again what was lost: the same devices, under whatever node they are now. */
export async function openLost(
  before: OpenGpus,
  lost: ReadonlySet<'display' | 'render'>,
  options: CheckedGpuOptions,
): Promise<OpenGpus> {
  const { native } = before;
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const found = discover();
    const display = lost.has('display')
      ? await openDisplay(
          selectDisplay(found, again(options.display, before.display)),
          { ...options, wait: false },
          native,
        )
      : before.display;
    if (display !== before.display) owner.own(display.owner);
    const render = lost.has('render')
      ? await openRender(selectRender(found, again(options.render, before.render), display.found))
      : before.render;
    return { native, display, render };
  });
}

/** Opens the node and makes it DRM master, waiting for that where asked to. */
async function openDisplay(
  { device: found, node: path }: Selected,
  { wait, onWait, signal }: Pick<CheckedGpuOptions, 'wait' | 'onWait' | 'signal'>,
  native: Native,
): Promise<DisplayGpu> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const node = owner.own(DrmNode.open(path));
    needs(node, node.canImport(), 'cannot import dma-bufs');
    if (wait) await becomeMasterInTime(node, { onWait, signal });
    else node.becomeAtomicMaster();
    owner.defer(() => {
      node.giveUpMaster();
    });
    const device = owner.own(native.openDevice(node.fd));
    node.defineProperties();
    return { found, node, device, handles: new GemHandles(() => node.fd), owner };
  });
}

async function openRender({ device: found, node: path }: Selected): Promise<RenderGpu> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const node = owner.own(DrmNode.open(path));
    needs(node, node.canExport(), 'cannot export dma-bufs');
    const gbm = owner.own(await GbmDevice.createOnThread(node.fd));
    return { found, node, gbm, owner };
  });
}

/** What finds the same device again once it is bound to another node. */
function again(wanted: string, { found: { pci, driver } }: DisplayGpu | RenderGpu): string {
  return wanted.startsWith('/') ? (pci ?? driver) : wanted;
}

/** Once all have ended: those that came to something. */
async function fulfilled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function needs(node: DrmNode, holds: boolean, fault: string): void {
  if (holds) return;
  throw new GuestheadError('ERR_UNSUPPORTED', `${node.driver} ${fault}`, {
    device: node.path,
    advice: 'choose another device with --render or --display',
  });
}
