/** Foreign buffers, the climb back to a better path, and a GPU's drawing in ordinary memory: one start, one JSON object. */
import { showClientBuffers } from './client-buffers.js';
import { drawByGpu } from './gpu-udmabuf.js';
import { climbBack } from './upgrade.js';

const clientBuffers = await showClientBuffers();
const upgrade = await climbBack();
console.log(JSON.stringify({ clientBuffers, upgrade, gpu: await drawByGpu() }));
