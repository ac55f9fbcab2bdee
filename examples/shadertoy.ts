/**
 * Shows a fragment shader on the first head, and compiles it anew whenever its file is saved.
 *
 *   node --import tsx examples/shadertoy.ts [FILE.frag] [--frames N]
 *
 * The shader is as shadertoy.com has it: `void mainImage(out vec4 colour, in vec2 position)`, with iResolution, iTime and
 * iFrame. Standard error tells once a second how many frames were shown, and what the compiler says, as FILE:LINE:COLUMN, so
 * that an editor finds the place. What does not compile changes nothing on the screen. Ends on Ctrl-C or after N flips.
 */
import { watch } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GuestheadError, openGpus, type Draw, type Effect, type Gl } from 'guesthead';
import {
  concatMap,
  debounceTime,
  distinctUntilChanged,
  filter,
  fromEvent,
  lastValueFrom,
  merge,
  Observable,
  startWith,
  take,
  takeUntil,
} from 'rxjs';

/** An editor saves in several steps, some of which may leave the file empty. */
const savedMs = 50;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { frames: { type: 'string', default: 'Infinity' } },
});
const [file = fileURLToPath(new URL('shaders/waves.frag', import.meta.url))] = positionals;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** The file's text, now and after each change. The folder is watched, for many editors put a new file in the old one's place. */
function sources(): Observable<string> {
  const changes$ = new Observable<string | null>((subscriber) => {
    const watcher = watch(dirname(resolve(file)), (_event, name) => subscriber.next(name));
    watcher.on('error', (error) => subscriber.error(error));
    return () => watcher.close();
  });
  return changes$.pipe(
    filter((name) => name === null || name === basename(file)),
    debounceTime(savedMs),
    startWith(undefined),
    concatMap(async () => readFile(file, 'utf8').catch(() => '')), // it is between two saves
    filter((source) => source !== ''),
    distinctUntilChanged(),
  );
}

/** Mesa says `0:12(5): error: …`, others `0:12: …`; the lines are the file's own. */
function inFile(error: GuestheadError): string {
  return error.message.replaceAll(/\b0:(\d+)(?:\((\d+)\))?:/g, (_, line: string, column?: string) =>
    [file, line, ...(column === undefined ? [] : [column]), ''].join(':'),
  );
}

/** Undefined where it does not compile. */
async function compile(gl: Gl, source: string): Promise<Effect | undefined> {
  try {
    return await gl.createEffect(source);
  } catch (error) {
    if (!(error instanceof GuestheadError) || error.code !== 'ERR_SHADER') throw error;
    say(inFile(error));
    return undefined;
  }
}

let shown: Effect | undefined;

/** What is under way with the one before is drawn still. */
function show(effect: Effect): void {
  shown?.close();
  shown = effect;
  say(`showing ${file}`);
}

await access(file); // before the screen changes
const gpus = await openGpus();
const gl = await gpus.openGl();
const head = await gpus.openHead({ source: 'gpu' });
const draw: Draw = (frame) => {
  const to = { x: 0, y: 0, width: frame.width, height: frame.height };
  const time = performance.now() / 1000 - startedAt;
  const layers = shown === undefined ? [] : [{ effect: shown, to, timeSeconds: time, frame: frame.number }];
  return gl.compose(frame, { layers });
};
const startedAt = performance.now() / 1000;
const compiling = sources()
  .pipe(concatMap((source) => compile(gl, source)))
  .subscribe((effect) => {
    if (effect !== undefined) show(effect);
  });
const status = setInterval(() => {
  const { flipsPerSecond } = head.stats();
  head.resetStats();
  say(`${flipsPerSecond.toFixed(1)} frames per second`);
}, 1000);
try {
  const stop$ = merge(...['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => fromEvent(process, signal)));
  const flips$ = head.flips(draw).pipe(take(Number(values.frames)), takeUntil(stop$));
  await lastValueFrom(flips$, { defaultValue: undefined });
} finally {
  clearInterval(status);
  compiling.unsubscribe();
  gpus.close(); // and the screen shows again what it showed before
}
