/** What a head is made of, for people and reports. */
import type { PathName, Refusal } from '../buffer/index.js';
import { isStandIn } from '../device/index.js';
import type { CheckedHeadOptions } from './options.js';
import type { ClaimedPlace } from './place.js';
import type { Session } from './buffer-set.js';

export interface HeadInfo {
  readonly path: PathName;
  /** The better paths that were refused, with why and what to change. */
  readonly refused: readonly Refusal[];
  readonly render: {
    readonly node: string;
    readonly driver: string;
    readonly backend: string;
    readonly standIn: boolean;
  };
  readonly display: {
    readonly node: string;
    readonly driver: string;
    readonly connector: string;
    /** The connector's place in the device's list: QEMU's number of the head. */
    readonly head: number;
    /** From the display's EDID. */
    readonly make: string | null;
    readonly model: string | null;
  };
  /** Pixels and Hz. */
  readonly mode: { readonly width: number; readonly height: number; readonly refreshHz: number };
  readonly buffers: number;
  readonly present: CheckedHeadOptions['present'];
  readonly presentation: CheckedHeadOptions['presentation'];
  readonly deadline: boolean;
}

export function infoOf(
  { shows, renders, pipeline, backend, model }: ClaimedPlace,
  { path, refused, mode, buffers }: Session,
  { present, presentation, deadline }: CheckedHeadOptions,
): HeadInfo {
  const { path: node, driver } = renders.node;
  return {
    path,
    refused,
    render: { node, driver, backend, standIn: isStandIn(driver) },
    display: {
      node: shows.node.path,
      driver: shows.node.driver,
      connector: pipeline.connector.name,
      head: pipeline.connectorIndex,
      make: model?.make ?? null,
      model: model?.model ?? null,
    },
    mode: { width: mode.width, height: mode.height, refreshHz: mode.refreshHz },
    buffers: buffers.length,
    present,
    presentation,
    deadline,
  };
}
