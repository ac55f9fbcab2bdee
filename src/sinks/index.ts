/** Where received pictures go: a picture, a film, a judge. For every command that receives some. */
export { channelsOf, rgbOf } from './frame.js';
export type { PictureMemory, SinkFrame } from './frame.js';
export type { Sink } from './sink.js';
export { pngSink } from './png.js';
export type { PngFacts } from './png.js';
export { y4mSink } from './y4m.js';
export type { Y4mFacts } from './y4m.js';
export { judgeSink } from './judge.js';
export type { Judgement, JudgeSink } from './judge.js';
export { filmOutput } from './film-writer.js';
export { Counting } from './viewers/viewer.js';
export type { Shown, Viewer } from './viewers/viewer.js';
export { Film } from './viewers/film.js';
export { Judging } from './viewers/judging.js';
export { PngFile } from './viewers/png-file.js';
