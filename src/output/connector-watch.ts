/** What a connector's hotplug asks of its head. */
import type { DrmNode } from '../device/index.js';
import { getConnector, type ConnectorId, type Mode } from '../ffi/index.js';
import { chooseMode } from './mode.js';
import type { CheckedHeadOptions } from './options.js';

export interface ConnectorAction {
  /** Nothing; show this mode; show nothing until it is plugged in again; end the stream. */
  readonly action: 'none' | 'show' | 'blank' | 'stop';
  readonly mode?: Mode;
}

export class ConnectorWatch {
  #unplugged = false;

  constructor(private readonly connector: ConnectorId) {}

  /** The host has closed the head: there is nothing to flip on. */
  get unplugged(): boolean {
    return this.#unplugged;
  }

  /** Asks the display anew; `shown` is the mode in use. */
  look(display: DrmNode, policy: CheckedHeadOptions['onResize'], shown: Mode): ConnectorAction {
    if (policy === 'keep') return { action: 'none' };
    const connector = getConnector(display.fd, this.connector, { probe: true });
    const wasUnplugged = this.#unplugged;
    this.#unplugged = connector.status !== 'connected' || connector.modes.length === 0;
    if (this.#unplugged) return { action: wasUnplugged ? 'none' : policy === 'stop' ? 'stop' : 'blank' };
    const mode = chooseMode(connector, undefined);
    if (!wasUnplugged && mode.raw.equals(shown.raw)) return { action: 'none' };
    return policy === 'stop' ? { action: 'stop' } : { action: 'show', mode };
  }
}
