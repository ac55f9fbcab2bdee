/** What takes input at a place, and who hears of what goes down there. */
import type { Client } from '../../wayland/index.js';
import { clientOf, type Hit, type SeatHost } from './host.js';

/** While a popup grabs, its client alone is spoken to. */
export function hitAt({ scene, popups }: SeatHost, x: number, y: number): Hit | undefined {
  const hit = scene.at(x, y);
  const grabbing = popups?.grabbing();
  if (grabbing === undefined || hit === undefined) return hit;
  return clientOf(hit.surface) === clientOf(grabbing) ? hit : undefined;
}

/** A button or a finger goes down: whether that was spent on dismissing popups. */
export function dismisses({ scene, popups }: SeatHost, x: number, y: number): boolean {
  const grabbing = popups?.grabbing();
  if (popups === undefined || grabbing === undefined) return false;
  const hit = scene.at(x, y);
  const client: Client | undefined = hit === undefined ? undefined : clientOf(hit.surface);
  if (client === clientOf(grabbing)) return false;
  popups.dismissOutside(client);
  return true;
}
