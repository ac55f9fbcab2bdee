/** How the captures of one request are judged, one after the other. */
import { codeHeight, codeTop, drawCode, type CodeEdge } from './bar-code.js';
import { checkCapture, colourAt, type Capture } from './capture.js';
import { readCode } from './code-reader.js';
import { judgeCapture, type CaptureVerdict, type PixelDifference } from './judge.js';
import { findUnfinished } from './unfinished.js';

/**
 * `pixels`: the counter pattern, each of them. `codes`: any pattern with its bar codes: that both are whole and of one frame,
 * that no work lies open between them, and that no capture shows an older frame than the one before it.
 */
export type JudgeKind = 'pixels' | 'codes';

/** Throws as `judgeCapture` does. */
export type CaptureJudge = (capture: Capture) => CaptureVerdict;

export function captureJudge(kind: JudgeKind): CaptureJudge {
  if (kind === 'pixels') return judgeCapture;
  let last: number | undefined;
  return (capture) => {
    const verdict = judgeCodes(capture, last);
    last = verdict.frame ?? last;
    return verdict;
  };
}

function judgeCodes(capture: Capture, last: number | undefined): CaptureVerdict {
  checkCapture(capture);
  const [top, bottom] = [readCode(capture, 'top'), readCode(capture, 'bottom')];
  const frame = top.frame ?? bottom.frame;
  if (frame === undefined) return { frame, torn: false, exact: false, firstDifference: undefined };
  const firstDifference = findInCode(capture, 'top', frame) ?? findInCode(capture, 'bottom', frame);
  const fault = faultOf(capture, frame, last);
  const torn = top.mixed || bottom.mixed || top.frame !== bottom.frame || (fault?.torn ?? false);
  return {
    frame,
    torn,
    exact: firstDifference === undefined && fault === undefined,
    firstDifference,
    fault: fault?.what,
  };
}

function faultOf(capture: Capture, frame: number, last: number | undefined) {
  const open = findUnfinished(capture);
  if (open !== undefined) return { torn: true, what: `frame ${frame} is not finished at ${open.x},${open.y}` };
  // numbers wrap, as those of a bar code do
  const isOlder = last !== undefined && ((frame - last) | 0) < 0;
  return isOlder ? { torn: false, what: `frame ${frame} is shown after frame ${last}` } : undefined;
}

function findInCode(capture: Capture, edge: CodeEdge, frame: number): PixelDifference | undefined {
  const { width, height } = capture;
  const pixels = new Uint32Array(width * height);
  drawCode({ width, height, stridePixels: width, pixels }, edge, frame, undefined);
  const start = codeTop(height, edge) * width;
  for (let pixel = start; pixel < start + codeHeight(height) * width; pixel++) {
    const expected = pixels[pixel] ?? 0;
    const actual = colourAt(capture, pixel);
    if (actual !== expected) return { x: pixel % width, y: Math.floor(pixel / width), expected, actual };
  }
  return undefined;
}
