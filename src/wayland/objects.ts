/** The objects of all clients, found by their handles. */
import type { Handle } from '../native/wayland.js';

/** A handle is how often its slot was used, times so many, and the slot (native/wayland/handles.h). */
const slots = 2 ** 24;

interface HasHandle {
  readonly handle: Handle;
}

/** An array: each request looks for what it is about, and a Map takes its time for numbers as large as handles are. */
export class ObjectTable<T extends HasHandle> {
  /** By slot, which has one object at a time. */
  #objects: (T | undefined)[] = [];

  get(handle: Handle): T | undefined {
    const object = this.#objects[slotOf(handle)];
    return object?.handle === handle ? object : undefined;
  }

  add(object: T): void {
    const slot = slotOf(object.handle);
    // Slots are used from the lowest on: without gaps it stays an array to V8, too.
    while (this.#objects.length < slot) this.#objects.push(undefined);
    this.#objects[slot] = object;
  }

  /** Gives what it was; undefined: it was none. */
  remove(handle: Handle): T | undefined {
    const object = this.get(handle);
    if (object !== undefined) this.#objects[slotOf(handle)] = undefined;
    return object;
  }

  /** All that there were. */
  clear(): T[] {
    return this.#objects.splice(0).filter((object) => object !== undefined);
  }
}

/** Not by %, which is a call for numbers that are no small integers. */
function slotOf(handle: Handle): number {
  return handle - Math.floor(handle / slots) * slots;
}
