/** Short lists that are made anew for each frame: V8 makes room for seventeen at the first `push` onto an empty one. */

/** The list, or a new one, with the item at its end. The caller's alone: it may be the one that was given, changed. */
export function appended<T>(list: T[] | undefined, item: T): T[] {
  if (list === undefined || list.length === 0) return [item];
  list.push(item);
  return list;
}

/** Takes the first that is the item out of the list, where it is in it; the others keep their order. */
export function takeOut<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at < 0) return;
  for (let index = at + 1; index < list.length; index++) list[index - 1] = list[index] as T;
  list.pop();
}
