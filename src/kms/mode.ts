/** The display mode: the connector's preferred one, or the one asked for. */
import { GuestheadError } from '../errors.js';
import { modeFlag, type Connector, type Mode } from '../ffi/index.js';
import { modeAdvice, modePattern } from './choices.js';

export interface ModeRequest {
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Hz; undefined = the highest the connector offers at this size. */
  readonly refreshHz: number | undefined;
}

/** `1920x1080`, `1920x1080@60` or, of interlaced modes, `1920x1080i@60`; throws ERR_USAGE. */
export function parseMode(text: string): ModeRequest {
  const match = modePattern.exec(text);
  if (match === null)
    throw new GuestheadError('ERR_USAGE', `'${text}' is not a mode`, {
      advice: modeAdvice,
    });
  const [, width, height, i, hz] = match;
  const refreshHz = hz === undefined ? undefined : Number(hz);
  return { width: Number(width), height: Number(height), interlaced: i === 'i', refreshHz };
}

/** Throws ERR_NO_MODE that lists what the connector offers. */
export function chooseMode(connector: Connector, wanted: ModeRequest | undefined): Mode {
  const mode = wanted === undefined ? preferred(connector.modes) : closest(connector.modes, wanted);
  if (mode !== undefined) return mode;
  throw new GuestheadError(
    'ERR_NO_MODE',
    `${connector.name} has no mode ${wanted === undefined ? '' : formatRequest(wanted)}`,
    {
      advice: choicesOf(connector.modes, wanted),
    },
  );
}

/**
 * For a head whose device came back: as at first, or the mode before where the connector is
 * unplugged, prefers none, or is to be kept as it is. Throws as `chooseMode` does.
 */
export function modeAgain(connector: Connector, wanted: ModeRequest | undefined, before: Mode, keep: boolean): Mode {
  if (keep || connector.modes.length === 0) return before;
  const mode = chooseMode(connector, wanted);
  return wanted === undefined && !mode.preferred ? before : mode;
}

/** `1920x1080@75`, with decimals only where the rate has them, and as `parseMode` takes it. */
export function formatMode(mode: Mode): string {
  return `${mode.width}x${mode.height}${isInterlaced(mode) ? 'i' : ''}@${Number(mode.refreshHz.toFixed(2))}`;
}

function isInterlaced({ flags }: Mode): boolean {
  return (flags & modeFlag.interlace) !== 0;
}

function formatRequest({ width, height, interlaced, refreshHz }: ModeRequest): string {
  return `${width}x${height}${interlaced ? 'i' : ''}${refreshHz === undefined ? '' : `@${refreshHz}`}`;
}

/** Televisions have a hundred modes, some of them twice; of such a list what is near to the wish is shown. */
const mostChoices = 12;

function choicesOf(modes: readonly Mode[], wanted: ModeRequest | undefined): string {
  const all = [...new Set(modes.map(formatMode))];
  if (all.length <= mostChoices) return `valid choices: ${all.join(', ')}`;
  const ofSize = modes.filter(({ width, height }) => width === wanted?.width && height === wanted.height);
  const sizes = modes.map(({ width, height }) => `${width}x${height}`);
  const near = [...new Set(ofSize.length > 0 ? ofSize.map(formatMode) : sizes)];
  const more = near.length > mostChoices ? ', …' : '';
  return `valid choices: ${near.slice(0, mostChoices).join(', ')}${more} (\`guesthead probe --json\` lists all ${all.length})`;
}

/** Interlaced or doublescanned: what a TV may prefer, and no atomic driver of a virtual display takes. */
function isOdd(mode: Mode): boolean {
  return isInterlaced(mode) || (mode.flags & modeFlag.doublescan) !== 0;
}

/** An odd mode only where there is no other: in place of a preferred one, the ordinary one nearest to it. */
function preferred(modes: readonly Mode[]): Mode | undefined {
  const best = modes.find((mode) => mode.preferred) ?? modes[0];
  if (best === undefined || !isOdd(best)) return best;
  const ordinary = modes.filter((mode) => !isOdd(mode));
  const ofSize = ordinary.filter(({ width, height }) => width === best.width && height === best.height);
  const distance = (mode: Mode) => Math.abs(mode.refreshHz - best.refreshHz);
  return ofSize.sort((a, b) => distance(a) - distance(b))[0] ?? ordinary[0] ?? best;
}

/** A rate counts as met within half a hertz: modes are named by rounded rates. */
const rateTolerance = 0.5;

function closest(modes: readonly Mode[], { width, height, interlaced, refreshHz }: ModeRequest): Mode | undefined {
  const sized = modes.filter(
    (mode) => mode.width === width && mode.height === height && isInterlaced(mode) === interlaced,
  );
  const distance = (mode: Mode) => (refreshHz === undefined ? -mode.refreshHz : Math.abs(mode.refreshHz - refreshHz));
  const scans = (mode: Mode) => mode.flags & modeFlag.doublescan;
  const best = sized.sort((a, b) => scans(a) - scans(b) || distance(a) - distance(b))[0];
  const met = best !== undefined && (refreshHz === undefined || distance(best) <= rateTolerance);
  return met ? best : undefined;
}
