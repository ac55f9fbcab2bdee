/** What the driver is and has, as checks: the group `gl`. */
import type { CheckStatus, Check, GlFacts } from '../report.js';
import { answer, failed, no, ok, unknown, type Question } from '../check.js';
import { commonFormats, type PlaneFormats } from '../../gpus/index.js';
import type { ChildRun } from './run-child.js';
import { toldOf } from './run-child.js';
import { errorOf, type DriverFacts, type Step } from './told.js';

const driverWhy = 'the GPU draws through EGL and GLES; flipping what the CPU draws works without';
const withoutGl = 'draw with the CPU (`--draw cpu`), or install Mesa’s driver for this GPU (on Debian libgl1-mesa-dri)';

export function unaskedDriver(why: string): Check {
  return unknown({ id: 'gl.driver', why: driverWhy }, `not asked: ${why}`);
}

/** `planes` are those of the display; undefined where they could not be read. */
export function checkDriver(run: ChildRun, device: string, planes: readonly PlaneFormats[] | undefined): Check[] {
  const question: Question = { id: 'gl.driver', why: driverWhy, device };
  const told = toldOf(run, 'driver');
  if (told === undefined) return [broken(question, run, withoutGl)];
  if ('failure' in told) return [failed(question, errorOf(told.failure), 'no', withoutGl)];
  const { value } = told;
  return [
    ok(question, describeDriver(value)),
    checkFence(value, device),
    checkImport(value, device),
    checkFormats(value, device, planes),
    checkRobustness(value, device),
  ];
}

/** Of a step that the process did not live to tell of: the driver crashed in it, or did not come back. */
export function broken(question: Question, { fault, complaint }: ChildRun, otherwise: string | null): Check {
  const how = fault ?? 'ended without a word';
  const last = complaint === undefined ? '' : `; its last words: ${complaint}`;
  return no(question, `the process that tried it was lost, and not the probe: ${how}${last}`, otherwise);
}

/** For a step after one that has failed. */
export function untriedStep(question: Question, after: Step): Check {
  return unknown(question, `not tried: ${after} failed`);
}

function describeDriver({ vendor, renderer, glVersion, eglVersion, platform, maxTextureSize }: DriverFacts): string {
  return `${renderer} (${vendor}), ${glVersion}, EGL ${eglVersion} on ${platform}, pictures up to ${maxTextureSize} pixels`;
}

function checkFence({ nativeFence }: DriverFacts, device: string): Check {
  const why = 'a native fence goes along with a frame, so that nobody waits for the GPU but the display';
  const question: Question = { id: 'gl.fence', why, device };
  if (nativeFence) return ok(question, 'native: EGL_ANDROID_native_fence_sync');
  const advice =
    'nothing has to be done; a newer Mesa has it (25 for llvmpipe), and its vendor’s driver for most other GPUs';
  return no(
    question,
    'no EGL_ANDROID_native_fence_sync: the GPU’s thread waits for the driver’s finish before a frame is handed over',
    advice,
  );
}

function checkImport({ dmabufImport, dmabufModifiers }: DriverFacts, device: string): Check {
  const why = 'a backbuffer, or a client’s buffer, becomes something to draw into or from by the import of its dma-buf';
  const question: Question = { id: 'gl.import', why, device };
  if (dmabufModifiers) return ok(question, 'dma-bufs are imported, with their modifiers');
  if (dmabufImport)
    return ok(
      question,
      'dma-bufs are imported, without modifiers: the driver guesses a layout',
      'hand it linear buffers only',
    );
  return no(question, 'EGL_EXT_image_dma_buf_import is missing: nothing can be drawn into a backbuffer', withoutGl);
}

function checkFormats(facts: DriverFacts, device: string, planes: readonly PlaneFormats[] | undefined): Check {
  const why = 'a frame is drawn in a format and layout that the display shows as it is';
  const question: Question = { id: 'gl.formats', why, device };
  if (facts.formats.length === 0) return unknown(question, 'this driver does not tell which formats it takes');
  if (planes === undefined) return unknown(question, 'the display’s formats could not be read');
  const shared = sharedNames(facts, planes);
  if (shared.length > 0) return ok(question, `the display shows, and the GPU draws: ${shared.join(', ')}`);
  return no(question, 'the display shows nothing that the GPU draws', withoutGl);
}

/** `XRGB8888`, with the number of common layouts where linear is not the only one. */
export function sharedNames({ formats }: DriverFacts, planes: readonly PlaneFormats[]): string[] {
  const drawn = new Map(formats.map(({ fourcc, modifiers }) => [fourcc, modifiers]));
  const isDrawn = (fourcc: number, modifier: bigint) => drawn.get(fourcc)?.includes(String(modifier)) ?? false;
  return commonFormats(planes, isDrawn).map(({ name }) => name);
}

function checkRobustness({ robust }: DriverFacts, device: string): Check {
  const question: Question = {
    id: 'gl.robustness',
    why: 'after a reset of the GPU the context has to be made anew',
    device,
  };
  const status: CheckStatus = robust ? 'ok' : 'no';
  const found = robust
    ? 'the driver tells of a lost context (EXT_robustness), and guesthead makes another'
    : 'the driver does not tell of a lost context: after a reset the picture stands still, or is black';
  return answer(question, status, found, robust ? null : 'close and open GL again where the picture stands still');
}

/** For the report; null where the driver could not be asked. */
export function glFacts(run: ChildRun, node: string, planes: readonly PlaneFormats[] | undefined): GlFacts | null {
  const [driver, fences] = [toldOf(run, 'driver'), toldOf(run, 'fences')];
  if (driver === undefined || 'failure' in driver) return null;
  const implicit = fences !== undefined && 'value' in fences ? fences.value.implicit === 'pending' : null;
  return { ...driver.value, node, implicitFence: implicit, formats: sharedNames(driver.value, planes ?? []) };
}
