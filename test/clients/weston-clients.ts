/** Weston's own clients, each of which is for one thing. */
import { keys, type RealClient } from './client.js';
import { another, full, ofSize } from './sight.js';

const packages = ['weston'];
/** By SIGTERM, which none of them handles. */
const terminated = { by: 'SIGTERM', status: 143 } as const;
const escape = { by: keys('esc'), status: 0 };

export const westonClients: readonly RealClient[] = [
  {
    name: 'weston-simple-shm',
    packages,
    command: ['weston-simple-shm'],
    shows: ofSize(250, 250),
    uses: 'it moves by itself, and hears of no device',
    ends: terminated,
    seconds: 20,
  },
  {
    name: 'weston-simple-egl',
    packages,
    command: ['weston-simple-egl', '-f', '-o'],
    shows: full,
    uses: { by: keys('f11'), shows: another() },
    ends: escape,
    seconds: 60,
  },
  {
    name: 'weston-presentation-shm',
    packages,
    command: ['weston-presentation-shm'],
    shows: full,
    uses: 'it moves by itself, and hears of no device',
    ends: terminated,
    excuse: {
      says: /listener function for opcode 3 of xdg_toplevel is NULL/,
      why: 'Weston 10’s binds a newer xdg_wm_base than it knows, and aborts at xdg_toplevel.wm_capabilities',
    },
    seconds: 20,
  },
  {
    name: 'weston-subsurfaces',
    packages,
    command: ['weston-subsurfaces'],
    shows: full,
    uses: { by: keys('up'), shows: another() },
    ends: escape,
    seconds: 60,
  },
  {
    name: 'weston-transformed',
    packages,
    command: ['weston-transformed'],
    shows: full,
    uses: 'a click on it only asks for the window to be moved, which a kiosk’s are not',
    ends: { by: keys('alt', 'f4'), status: 0 },
    seconds: 20,
  },
  {
    name: 'weston-scaler',
    packages,
    command: ['weston-scaler', '-b'],
    // Its window geometry is as large as its buffer, of which a viewport shows a part: the middle is that one's.
    shows: ofSize(220, 308, [429, 191]),
    uses: 'a click on it only asks for the window to be moved, which a kiosk’s are not',
    ends: terminated,
    seconds: 20,
  },
  {
    name: 'weston-simple-dmabuf-feedback',
    packages,
    command: ['weston-simple-dmabuf-feedback'],
    shows: full,
    uses: 'it hears of no device',
    ends: terminated,
    excuse: {
      says: /dma-buf feedback is not supported by compositor/,
      why: 'it asks for feedback, which is not told of a stand-in for a GPU',
    },
    seconds: 20,
  },
];
