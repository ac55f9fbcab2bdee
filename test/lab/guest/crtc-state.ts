/** Prints, as JSON, what each CRTC of the virtio-gpu shows. */
import { DrmNode, discover, selectDisplay } from '../../../src/device/index.js';
import { getCrtc, getResources } from '../../../src/ffi/index.js';

const node = DrmNode.open(selectDisplay(discover(), 'auto').node);
const crtcs = getResources(node.fd).crtcs.map((id) => {
  const { framebuffer, width, height, mode } = getCrtc(node.fd, id);
  return { framebuffer, width, height, mode: mode?.name ?? null };
});
console.log(JSON.stringify(crtcs));
node.close();
