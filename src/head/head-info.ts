/** What a head is made of, for people and reports. */
import type { PathName, Refusal } from '../buffer/index.js';
import { describeChosen, isStandIn, type Chosen } from '../device/index.js';
import type { CheckedHeadOptions } from './options.js';
import type { Claim } from './claim.js';
import type { BufferSet } from './buffer-set.js';

export interface HeadInfo {
  readonly path: PathName;
  /** The better paths that were refused, with why and what to change. */
  readonly refused: readonly Refusal[];
  readonly render: {
    readonly node: string;
    readonly driver: string;
    readonly backend: string;
    readonly standIn: boolean;
    /** Why this one of several GPUs, and what names another; not there where it was the only one. */
    readonly chosen?: string;
    /** Where GL is open on it: GL_RENDERER, and how the end of a drawing is told: by a sync_file, or the driver's finish on GL's thread. */
    readonly gl?: { readonly renderer: string; readonly fence: 'native' | 'finish' };
  };
  readonly display: {
    readonly node: string;
    readonly driver: string;
    readonly connector: string;
    /** The connector's index in the device's list: QEMU's number of the head. */
    readonly head: number;
    /** From the display's EDID. */
    readonly make: string | null;
    readonly model: string | null;
    /** As of the render GPU. */
    readonly chosen?: string;
  };
  /** Pixels and Hz. */
  readonly mode: { readonly width: number; readonly height: number; readonly refreshHz: number };
  /** Backbuffers, as many as there may be. */
  readonly buffers: number;
  readonly update: CheckedHeadOptions['update'];
  readonly presentMode: CheckedHeadOptions['presentMode'];
  readonly deadline: boolean;
}

export function infoOf(
  { display, render, pipe, model }: Claim,
  { path, refused, mode, most }: BufferSet,
  { update, presentMode, deadline }: CheckedHeadOptions,
): HeadInfo {
  const { path: node, driver } = render.node;
  return {
    path,
    refused,
    render: {
      node,
      driver,
      backend: render.backend,
      standIn: isStandIn(driver),
      ...chosenOf(render),
      ...glOf(render),
    },
    display: {
      node: display.node.path,
      driver: display.node.driver,
      connector: pipe.connector.name,
      head: pipe.connectorIndex,
      make: model?.make ?? null,
      model: model?.model ?? null,
      ...chosenOf(display),
    },
    mode: { width: mode.width, height: mode.height, refreshHz: mode.refreshHz },
    buffers: most,
    update,
    presentMode,
    deadline,
  };
}

function glOf({ gl }: Claim['render']): Pick<HeadInfo['render'], 'gl'> {
  return gl?.driver === undefined ? {} : { gl: gl.driver };
}

function chosenOf({ chosen }: { readonly chosen: Chosen | undefined }): { readonly chosen?: string } {
  return chosen === undefined ? {} : { chosen: describeChosen(chosen) };
}
