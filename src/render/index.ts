/** The only door of `render/`: CPU patterns, and the judge of what a host showed of them. */
export type { Picture } from './picture.js';
export { minimumHeight, minimumWidth } from './picture.js';
export type { Pattern, PatternName } from './pattern.js';
export { patternNames } from './pattern.js';
export { createPattern } from './create-pattern.js';
export type { Capture } from './capture.js';
export { parsePpm } from './ppm.js';
export type { CaptureVerdict, PixelDifference } from './judge.js';
export { judgeCapture } from './judge.js';
export { captureJudge } from './capture-judge.js';
export type { CaptureJudge, JudgeKind } from './capture-judge.js';
export { unfinishedColours } from './unfinished.js';
export type { HostCaptures, WrongCapture } from './host-captures.js';
export { codeHeight, codeStripes, codeTop } from './bar-code.js';
export type { CodeEdge, Stripe } from './bar-code.js';
export { barsBar } from './bars.js';
export { colourBars } from './colour-bars.js';
export { counterBar } from './counter.js';
