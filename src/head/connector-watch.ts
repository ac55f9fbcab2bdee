/** What a connector's hotplug, or its coming back with its device, asks of its head. */
import type { KmsNode } from '../device/index.js';
import { GuestheadError } from '../errors.js';
import type { Connector, ConnectorId, Mode } from '../ffi/index.js';
import { chooseMode, formatMode } from '../kms/index.js';
import type { CheckedHeadOptions } from './options.js';

type ResizePolicy = CheckedHeadOptions['onResize'];

export interface ConnectorAction {
  /** Nothing; show this mode; show nothing until it is plugged in again; end the stream. */
  readonly action: 'none' | 'show' | 'blank' | 'stop';
  readonly mode?: Mode;
  /** To be reported with it. */
  readonly fault?: GuestheadError | undefined;
  /** It may be in between two states: to be looked at again in a moment. */
  readonly unsettled?: boolean;
}

export class ConnectorWatch {
  #unplugged = false;
  /** In a row, at a size that no mode is preferred for. */
  #looksWithoutMode = 0;

  constructor(private connector: ConnectorId) {}

  /** The connector as it is now. */
  ask({ kms }: Pick<KmsNode, 'kms'>): Connector {
    return kms.getConnector(this.connector, { probe: true });
  }

  /** The host has closed the head: there is nothing to flip on. */
  get unplugged(): boolean {
    return this.#unplugged;
  }

  /** Asks the display anew; `shown` is the mode in use. */
  look(display: Pick<KmsNode, 'kms'>, policy: ResizePolicy, shown: Mode): ConnectorAction {
    if (policy === 'keep') return { action: 'none' };
    const connector = this.ask(display);
    const wasUnplugged = this.#unplugged;
    const unplugging = this.#plug(connector, policy);
    if (this.#unplugged) return unplugging;
    return policy === 'stop' ? stopOn(connector, shown, wasUnplugged) : this.#follow(connector, shown, wasUnplugged);
  }

  /** It came back with its device, under an id of its own: the head shows it unless there is something else to do. */
  cameBack(connector: Connector, policy: ResizePolicy): ConnectorAction {
    this.connector = connector.id;
    return policy === 'keep' ? { action: 'none' } : this.#plug(connector, policy);
  }

  #plug(connector: Connector, policy: ResizePolicy): ConnectorAction {
    const wasUnplugged = this.#unplugged;
    this.#unplugged = connector.status === 'disconnected' || connector.modes.length === 0;
    if (wasUnplugged || !this.#unplugged) return { action: 'none' };
    return policy === 'stop' ? { action: 'stop' } : { action: 'blank', fault: closedError(connector) };
  }

  /**
   * A list without a preferred mode says nothing of the host's size: its first mode is only the
   * largest. It is also seen for a moment while the kernel has only one of EDID and size anew,
   * for it drops a preferred mode of another size; so it is reported at the second look, once.
   */
  #follow(connector: Connector, shown: Mode, wasUnplugged: boolean): ConnectorAction {
    const first = chooseMode(connector, undefined);
    const follows = first.preferred || first.raw.equals(shown.raw);
    this.#looksWithoutMode = follows ? 0 : this.#looksWithoutMode + 1;
    const mode = follows ? first : shown;
    return {
      action: wasUnplugged || !mode.raw.equals(shown.raw) ? 'show' : 'none',
      mode,
      fault: this.#looksWithoutMode === 2 ? noModeError(connector, shown) : undefined,
      unsettled: this.#looksWithoutMode === 1,
    };
  }
}

function stopOn(connector: Connector, shown: Mode, wasUnplugged: boolean): ConnectorAction {
  const same = !wasUnplugged && chooseMode(connector, undefined).raw.equals(shown.raw);
  return { action: same ? 'none' : 'stop' };
}

function closedError({ name }: Connector): GuestheadError {
  const advice = 'flips go on when it opens it again';
  return new GuestheadError('ERR_NO_CONNECTOR', `The host closed ${name}`, { advice });
}

/** Source: the kernel drops a mode without vertical sync, and QEMU's EDID has none for fewer than 200 lines. */
function noModeError({ name }: Connector, shown: Mode): GuestheadError {
  const what = `${name} prefers no mode in the host's new size; it stays at ${formatMode(shown)}`;
  const advice = 'make the window on the host 200 lines high or more';
  return new GuestheadError('ERR_NO_MODE', what, { advice });
}
