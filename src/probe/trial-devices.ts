/** The two devices opened for trials, each when it is first needed: what one refuses shall not keep the other from being tried. */
import { GemHandles, type Size } from '../buffer/index.js';
import { DrmNode } from '../device/index.js';
import { coded } from '../errors.js';
import { GbmDevice, type Mode } from '../ffi/index.js';
import { loadNative, type NativeDevice } from '../native/index.js';
import { chooseMode, choosePipe, Modeset } from '../kms/index.js';
import type { Owner } from '../owner.js';
import { attempt, type Attempt } from './check.js';

export interface TrialDisplay {
  readonly node: DrmNode;
  readonly device: NativeDevice;
  readonly handles: GemHandles;
  /** Why commits cannot be tried. */
  readonly notMaster: unknown;
}

export interface TrialRender {
  readonly node: DrmNode;
  readonly gbm: GbmDevice;
}

export interface TrialHead {
  readonly mode: Mode;
  readonly screen: Modeset;
}

const fallbackSize: Size = { width: 1920, height: 1080 };

/** Each opens at its first call and belongs to the owner; a failure is the same at each call. */
export class TrialDevices {
  readonly render: () => TrialRender;
  readonly display: () => TrialDisplay;
  readonly #head: () => TrialHead;

  /** Opens nothing yet. */
  constructor(
    renderNode: string,
    displayNode: string,
    private readonly owner: Owner,
  ) {
    this.render = once(() => this.#openRender(renderNode));
    this.display = once(() => this.#openDisplay(displayNode));
    this.#head = once(() => this.#openHead());
  }

  /** The head to commit to. Throws why commits cannot be tried. */
  committer(): TrialHead {
    const { notMaster } = this.display();
    if (notMaster !== undefined) throw coded(notMaster);
    return this.#head();
  }

  /** The head's preferred mode, which a head would be opened in; another size serves where there is no head. */
  size(): Size {
    const head = attempt(() => this.#head());
    return 'value' in head ? { width: head.value.mode.width, height: head.value.mode.height } : fallbackSize;
  }

  #openRender(path: string): TrialRender {
    const node = this.owner.own(DrmNode.open(path));
    const gbm = this.owner.own(GbmDevice.create(node.fd));
    return { node, gbm };
  }

  #openDisplay(path: string): TrialDisplay {
    const node = this.owner.own(DrmNode.open(path));
    const becoming = attempt(() => {
      node.becomeAtomicMaster();
    });
    this.owner.own(node, (master) => {
      master.giveUpMaster();
    });
    const device = this.owner.own(loadNative().openDevice(node.fd));
    const notMaster = 'fault' in becoming ? becoming.fault : undefined;
    return { node, device, handles: new GemHandles(node.buffers), notMaster };
  }

  #openHead(): TrialHead {
    const { node, device } = this.display();
    const pipe = choosePipe(node, undefined);
    return { mode: chooseMode(pipe.connector, undefined), screen: new Modeset(node, device, pipe) };
  }
}

function once<T>(open: () => T): () => T {
  let opened: Attempt<T> | undefined;
  return () => {
    opened ??= attempt(open);
    if ('fault' in opened) throw coded(opened.fault);
    return opened.value;
  };
}
