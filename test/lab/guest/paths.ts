/** Foreign buffers, the climb back to a better path, and a GPU's drawing in ordinary memory: one start, one JSON object. */
import { showForeignBuffers } from './foreign.js';
import { drawByGpu } from './gpu-udmabuf.js';
import { climbBack } from './upgrade.js';

const foreign = await showForeignBuffers();
const upgrade = await climbBack();
console.log(JSON.stringify({ foreign, upgrade, gpu: await drawByGpu() }));
