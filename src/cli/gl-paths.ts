/** On which buffer paths the render GPU can draw. */
import { refusalOf, type PathName, type Refusal } from '../buffer/index.js';
import { GuestheadError } from '../errors.js';
import { ownMemoryAdvice, type Gl } from '../gl/index.js';
import type { Gpus, Head } from '../head/index.js';
import type { OpenedHead } from './head-painter.js';

type Driver = Pick<Gl['info'], 'renderer' | 'ownMemoryOnly'>;
type HeadOptions = NonNullable<Parameters<Gpus['openHead']>[0]>;

/** Paths whose memory is not the render GPU's own. */
const foreign: readonly PathName[] = ['udmabuf', 'export'];

/**
 * Opens a head for GL to draw on. Where GL would refuse the memory of another device, those paths are passed over with
 * `auto`. Throws ERR_UNSUPPORTED where one was asked for, and what `openHead` throws.
 */
export async function openGlHead(
  gpus: Gpus,
  { renderer, ownMemoryOnly }: Driver,
  options: HeadOptions,
): Promise<OpenedHead> {
  const { path = 'auto' } = options;
  if (!ownMemoryOnly) return { head: await gpus.openHead(options), refused: [] };
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
    advice: ownMemoryAdvice,
  });
}
