/**
 * Shows a framebuffer of its own, gives up master, and keeps the node open until
 * standard input ends: what a console or another compositor left on the screen.
 * The open node keeps the kernel from restoring its own console, so that a test
 * sees guesthead's restore and nothing else.
 */
import { DrmNode, discover, selectDisplay } from '../../../src/device/index.js';
import { addFramebuffer, createDumb, format } from '../../../src/ffi/index.js';
import { loadNative } from '../../../src/native/index.js';
import { chooseMode } from '../../../src/kms/index.js';
import { choosePipe } from '../../../src/kms/pipe.js';
import { Modeset } from '../../../src/kms/modeset.js';
import { showPicture } from './show-picture.js';

const node = DrmNode.open(selectDisplay(discover(), 'auto').node);
node.becomeAtomicMaster();
const pipe = choosePipe(node, undefined);
const mode = chooseMode(pipe.connector, { width: 1280, height: 768, interlaced: false, refreshHz: undefined });
const { width, height } = mode;
const { handle, pitch } = createDumb(node.fd, { width, height, bpp: 32 });
const planes = [{ handle, pitch, offset: 0 }];
const framebuffer = addFramebuffer(node.fd, { width, height, format: format.XRGB8888, planes });
const device = loadNative().openDevice(node.fd);
showPicture({ node, device, pipe, modeset: new Modeset(node, device, pipe) }, mode, framebuffer);
node.giveUpMaster();
console.log(JSON.stringify({ framebuffer }));
process.stdin.resume();
