/** Where received pictures go: a picture, a film, a judge. For every command that receives some. */
export { channelsOf, rgbOf } from './frame.js';
export type { PictureMemory, SinkFrame } from './frame.js';
export type { Sink } from './sink.js';
export { pngSink } from './png.js';
export type { PngFacts } from './png.js';
export { y4mSink } from './y4m.js';
export type { Y4mFacts } from './y4m.js';
export { judgeSink } from './judge.js';
export type { Judgement } from './judge.js';
