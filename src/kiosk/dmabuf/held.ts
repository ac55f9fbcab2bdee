/** How many descriptors a client's dma-bufs have open here: they count towards this process's own limit. */
import type { Client } from '../../wayland/index.js';

/** A browser has some tens. */
const most = 1024;

const held = new WeakMap<Client, number>();

/** `count` more, or fewer where it is negative; one that has too many is ended. */
export function countHeld(client: Client, count: number): void {
  const now = (held.get(client) ?? 0) + count;
  held.set(client, now);
  if (now > most) client.refuseMore();
}
