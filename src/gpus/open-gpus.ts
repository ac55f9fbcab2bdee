/** Opens the two GPUs of a pair; each closes all that was opened with it. */
import { GemHandles } from '../buffer/index.js';
import {
  selectDisplay,
  selectRender,
  type Chosen,
  type DrmDevice,
  type GpuNode,
  type KmsNode,
  type Selected,
} from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { Native, NativeDevice } from '../native/index.js';
import { Owner } from '../owner.js';
import { givenDisplay, givenNode, opener } from './given-nodes.js';
import { masterInTime } from './master-wait.js';
import type { CheckedGpuOptions } from './options.js';
import type { GpuRole } from './pair-change.js';
import { RenderGpu } from './render-gpu.js';

/** The device that shows. */
export interface DisplayGpu {
  /** As discovered: its PCI address outlives its node's name. */
  readonly found: DrmDevice;
  /** Why this one of several, and what names another; undefined where it was the only one. */
  readonly chosen: Chosen | undefined;
  readonly node: KmsNode;
  readonly device: NativeDevice;
  readonly handles: GemHandles;
  /** Gives DRM master up and closes all of these. */
  readonly owner: Owner;
}

export interface OpenGpus {
  readonly native: Native;
  readonly display: DisplayGpu;
  readonly render: RenderGpu;
}

type OpenNode = (path: string) => KmsNode;

/** Both devices are looked for before either is opened: a machine with one only shall say so. */
export async function openBoth(options: CheckedGpuOptions): Promise<OpenGpus> {
  const { kernel } = options;
  kernel.load();
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const found = kernel.discover();
    const { displayFd, renderFd } = options;
    const chosenDisplay =
      displayFd === undefined ? selectDisplay(found, options.display) : givenDisplay(kernel, found, displayFd);
    const chosenRender =
      renderFd === undefined
        ? selectRender(found, options.render, chosenDisplay.device)
        : givenNode(kernel, found, renderFd, 'renderFd');
    const rendering = RenderGpu.open(chosenRender, kernel, renderFd); // begun first: its driver is loaded on a thread meanwhile
    const opening = [openDisplay(chosenDisplay, options), rendering] as const;
    for (const gpu of await fulfilled<DisplayGpu | RenderGpu>(opening)) owner.own(gpu.owner);
    const [display, render] = await Promise.all(opening);
    const { native } = kernel;
    native.discardCode('libLLVM'); // comes with Mesa, and its initializers alone touch 30 MiB
    return { native, display, render };
  });
}

/** Opens again what was lost: the same devices, under whatever node they are now. */
export async function openLost(
  before: OpenGpus,
  lost: ReadonlySet<GpuRole>,
  options: CheckedGpuOptions,
): Promise<OpenGpus> {
  const { kernel } = options;
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const found = kernel.discover();
    const display = lost.has('display')
      ? await openDisplay(asBefore(selectDisplay(found, again(options.display, before.display)), before.display), {
          ...options,
          wait: false,
        })
      : before.display;
    if (display !== before.display) owner.own(display.owner);
    const render = lost.has('render')
      ? await RenderGpu.open(
          asBefore(selectRender(found, again(options.render, before.render), display.found), before.render),
          kernel,
        )
      : before.render;
    return { native: kernel.native, display, render };
  });
}

/** Opens the node and makes it DRM master, waiting for that where asked to. */
async function openDisplay(
  { device: found, node: path, chosen }: Selected,
  {
    kernel,
    wait,
    onWait,
    signal,
    displayFd,
  }: Pick<CheckedGpuOptions, 'kernel' | 'wait' | 'onWait' | 'signal' | 'displayFd'>,
): Promise<DisplayGpu> {
  const owner = new Owner();
  return owner.guardAsync(async () => {
    const open = () => openMaster(path, opener(kernel, displayFd));
    const node = owner.own(wait ? await masterInTime(open, { onWait, signal }) : open());
    owner.defer(() => {
      node.giveUpMaster();
    });
    const device = owner.own(kernel.native.openDevice(node.fd));
    node.defineProperties();
    return { found, chosen, node, device, handles: new GemHandles(node.buffers), owner };
  });
}

/** Nothing stays open where it throws. */
function openMaster(path: string, open: OpenNode): KmsNode {
  const owner = new Owner();
  return owner.guard(() => {
    const node = owner.own(open(path));
    needs(node, node.canImport(), 'cannot import dma-bufs');
    node.becomeAtomicMaster();
    return node;
  });
}

/** What finds the same device again once it is bound to another node; of several that would do, no other than it. */
function again(wanted: string, { found: { pci, driver }, chosen }: DisplayGpu | RenderGpu): string {
  return wanted.startsWith('/') || chosen !== undefined ? (pci ?? driver) : wanted;
}

/** It is named now, and was chosen at first: that is still why it is this one. */
function asBefore(selected: Selected, { chosen }: DisplayGpu | RenderGpu): Selected {
  return chosen === undefined ? selected : { ...selected, chosen };
}

/** Once all have ended: those that came to something. */
async function fulfilled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function needs(node: GpuNode, holds: boolean, fault: string): void {
  if (holds) return;
  throw new GuestheadError('ERR_UNSUPPORTED', `${node.driver} ${fault}`, {
    device: node.path,
    advice: 'choose another device with --render or --display',
  });
}
