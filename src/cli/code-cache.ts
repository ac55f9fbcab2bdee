/**
 * Writes V8's code cache of `program.cjs` beside it: `node dist/cli/code-cache.cjs`, by the build, and by the Debian package where it is
 * installed. The commands below run without a device, as far as they come; then all functions of the modules that they have evaluated
 * are compiled, for what goes on where there are devices is in these.
 */
import { writeFileSync } from 'node:fs';
import { Session, type Debugger, type Profiler } from 'node:inspector';
import { begin, cache, compileProgram, program, programSource } from './program-script.js';

/** What finds no device touches none, nor asks a seat for any. */
const commands = ['run --render none-such', 'kiosk --seat direct --input none --render none-such -- true'];
/** Where a module's own code begins in the bundle. */
const moduleStart = /__(?:esm|commonJS)\(\{/g;

const source = programSource();
const script = compileProgram(source);
const session = new Session();

function write(): void {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  process.once('exit', () => {
    const covered = coverage();
    if (covered !== undefined) compileAll(covered.scriptId, evaluated(covered));
    writeFileSync(cache, script.createCachedData());
  });
  runAll(commands);
}

/** Each when the one before has ended. */
function runAll([command, ...others]: readonly string[]): void {
  if (command === undefined) return;
  process.argv.splice(2, Infinity, ...command.split(' '));
  process.once('beforeExit', () => runAll(others));
  begin(script);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function coverage(): Profiler.ScriptCoverage | undefined {
  let found: Profiler.ScriptCoverage | undefined;
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error === null) found = taken.result.find(({ url }) => url.endsWith(program));
  });
  return found;
}

/** Of each module that has run, what lies between the end of the one before and its own: its functions come first. */
function evaluated({ functions }: Profiler.ScriptCoverage): readonly Range[] {
  const starts = new Set([...source.matchAll(moduleStart)].map(({ index, 0: { length } }) => index + length));
  const modules = functions.flatMap(({ ranges: [range] }) =>
    range !== undefined && starts.has(range.startOffset) ? [range] : [],
  );
  modules.sort((one, other) => one.startOffset - other.startOffset);
  return modules.flatMap(({ count, endOffset }, index) =>
    count > 0 ? [{ from: modules[index - 1]?.endOffset ?? 0, to: endOffset }] : [],
  );
}

/** Whoever asks where a breakpoint can be has V8 compile what is there. */
function compileAll(scriptId: string, ranges: readonly Range[]): void {
  const placeOf = places(scriptId);
  session.post('Debugger.enable');
  for (const { from, to } of ranges)
    session.post('Debugger.getPossibleBreakpoints', { start: placeOf(from), end: placeOf(to) });
  session.post('Debugger.disable');
}

/** Lines and columns of offsets. */
function places(scriptId: string): (offset: number) => Debugger.Location {
  const lines = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    const lineNumber = lines.findLastIndex((start) => start <= offset);
    return { scriptId, lineNumber, columnNumber: offset - (lines[lineNumber] ?? 0) };
  };
}

write();
