/** What a probe leaves behind: descriptors, dma-bufs, framebuffers, buffers. */
import { probe } from '../../../src/probe/index.js';
import { held } from './held.js';

const gl = 'skip'; // what it opens is another process's, and goes with that
const first = await probe({ flip: true, gl }); // loads what stays loaded
const before = held();
const verdicts = [first.verdict.status];
for (const flip of [false, true]) verdicts.push((await probe({ flip, gl })).verdict.status);
console.log(JSON.stringify({ before, after: held(), verdicts }));
