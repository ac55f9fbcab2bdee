/** The clients that are tried on the kiosk, the thinnest first. */
import type { RealClient } from './client.js';
import { players } from './players.js';
import { toolkits } from './toolkits.js';
import { westonClients } from './weston-clients.js';

export const allClients: readonly RealClient[] = [...westonClients, ...players, ...toolkits];
