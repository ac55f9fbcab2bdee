/** On which buffer paths the render GPU can draw. */
import { refusalOf, type PathName, type Refusal } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import type { Gpus, Head } from '../head/index.js';
import type { OpenedHead } from './head-painter.js';
import { isSoftware } from './who-draws.js';

type HeadOptions = NonNullable<Parameters<Gpus['openHead']>[0]>;

/** Paths whose memory is not the render GPU's own. */
const foreign: readonly PathName[] = ['udmabuf', 'export'];

/**
 * Opens a head for `renderer` to draw on. A driver of a GPU says by itself which memory it takes; Mesa's software renderers
 * take all, and crash when they draw: they map buffers of their own node only. So with `auto` those paths are passed over.
 * Throws ERR_UNSUPPORTED where one was asked for, and what `openHead` throws.
 */
export async function openGlHead(gpus: Gpus, renderer: string, options: HeadOptions): Promise<OpenedHead> {
  const { path = 'auto' } = options;
  if (!isSoftware(renderer)) return { head: await gpus.openHead(options), refused: [] };
  if (path !== 'auto') {
    if (foreign.includes(path)) throw notMapped(renderer, path);
    return { head: await gpus.openHead(options), refused: [] };
  }
  const own = await tryImport(gpus, options);
  if (own.head !== undefined) return { head: own.head, refused: [] };
  const passedOver = foreign.map((each) => refusalOf(each, notMapped(renderer, each)));
  return { head: await gpus.openHead({ ...options, path: 'copy' }), refused: [own.refusal, ...passedOver] };
}

type Tried = { readonly head: Head } | { readonly head: undefined; readonly refusal: Refusal };

async function tryImport(gpus: Gpus, options: HeadOptions): Promise<Tried> {
  try {
    return { head: await gpus.openHead({ ...options, path: 'import' }) };
  } catch (error) {
    return { head: undefined, refusal: refusalOf('import', error) };
  }
}

function notMapped(renderer: string, path: PathName): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', `${renderer} cannot draw on the ${path} path`, {
    operation: 'DRM_IOCTL_MODE_MAP_DUMB',
    advice: `${renderer} maps only memory of the render GPU's own node: take --path import or copy, or --draw cpu`,
  });
}
