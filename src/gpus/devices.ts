/** The two devices of a display, opened; each closes all that was opened with it. */
import { GemHandles } from '../buffer/index.js';
import { discover, DrmNode, selectDisplay, selectRender, type DrmDevice } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import { GbmDevice, loadLibdrm, loadLibgbm } from '../ffi/index.js';
import type { Native, NativeDevice } from '../native.js';
import { Owner } from '../owner.js';
import { becomeMasterInTime } from './master-wait.js';
import type { CheckedDisplayOptions, DisplayOptions } from './options.js';

export interface DisplayDevice {
  /** As discovered: its PCI address outlives its node's name. */
  readonly found: DrmDevice;
  readonly node: DrmNode;
  readonly device: NativeDevice;
  readonly handles: GemHandles;
  /** Gives DRM master up and closes all of these. */
  readonly owner: Owner;
}

export interface RenderDevice {
  readonly found: DrmDevice;
  readonly node: DrmNode;
  readonly gbm: GbmDevice;
  readonly owner: Owner;
}

/** What was chosen of the devices that were discovered. */
type Selected = ReturnType<typeof selectDisplay>;

export interface Devices {
  readonly native: Native;
  readonly shows: DisplayDevice;
  readonly renders: RenderDevice;
}

/** Both devices are looked for before either is opened: a machine with one only shall say so. */
export async function openDevices(options: CheckedDisplayOptions): Promise<Devices> {
  loadLibdrm();
  loadLibgbm();
  const native = options.native(); // before Mesa, whose loading on a thread holds the dynamic linker's lock
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const found = discover();
    const display = selectDisplay(found, options.display);
    const render = selectRender(found, options.render, display.device);
    const rendering = openRenderDevice(render); // begun first: its driver is loaded on a thread meanwhile
    const opening = [openDisplayDevice(display, options, native), rendering] as const;
    for (const device of await fulfilled<DisplayDevice | RenderDevice>(opening)) owner.own(device, closeDevice);
    const [shows, renders] = await Promise.all(opening);
    native.discardCode('libLLVM'); // comes with Mesa, and its initializers alone touch 30 MiB
    return { native, shows, renders };
  });
}

/** Opens the node and makes it DRM master, waiting for that where asked to. */
export async function openDisplayDevice(
  { device: found, node: path }: Selected,
  { wait, onWait, signal }: Pick<CheckedDisplayOptions, 'wait' | 'onWait'> & Pick<DisplayOptions, 'signal'>,
  native: Native,
): Promise<DisplayDevice> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const node = owner.own(DrmNode.open(path), closeNode);
    needs(node, node.canImport(), 'cannot import dma-bufs');
    if (wait) await becomeMasterInTime(node, { onWait, signal });
    else node.becomeAtomicMaster();
    owner.own(node, (master) => {
      master.giveUpMaster();
    });
    const device = owner.own(native.openDevice(node.fd), (opened) => {
      opened.close();
    });
    node.defineProperties();
    return { found, node, device, handles: new GemHandles(() => node.fd), owner };
  });
}

export async function openRenderDevice({ device: found, node: path }: Selected): Promise<RenderDevice> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const node = owner.own(DrmNode.open(path), closeNode);
    needs(node, node.canExport(), 'cannot export dma-bufs');
    const gbm = owner.own(await GbmDevice.createOnThread(node.fd), (device) => {
      device.close();
    });
    return { found, node, gbm, owner };
  });
}

/** What finds the same device again once it is bound to another node. */
export function sameDevice(wanted: string, { pci, driver }: DrmDevice): string {
  return wanted.startsWith('/') ? (pci ?? driver) : wanted;
}

/** Once all have ended: those that came to something. */
async function fulfilled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function closeNode(node: DrmNode): void {
  node.close();
}

function closeDevice({ owner }: { readonly owner: Owner }): void {
  owner.close();
}

function needs(node: DrmNode, holds: boolean, fault: string): void {
  if (holds) return;
  throw new GuestheadError('ERR_UNSUPPORTED', `${node.driver} ${fault}`, {
    device: node.path,
    advice: 'choose another device with --render or --display',
  });
}
