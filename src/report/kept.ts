/** Of what is recorded event by event, so much is kept that a run of weeks does not grow. */

/** Of each kind. As frames, a quarter of an hour at 75 Hz. */
const kept = 65_536;

/** Keeps the last 65,536 entries, and up to twice as many. Gives how many at the beginning were forgotten for it. */
export function append<T>(list: T[], entry: T): number {
  list.push(entry);
  return list.length > 2 * kept ? list.splice(0, kept).length : 0;
}
