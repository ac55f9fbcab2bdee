/** An Observable for `for await`. */
import type { Observable } from 'rxjs';

/** Subscribes at once; what has come and was not taken when the loop ends is given to `discard`. */
export function iterate<T>(source$: Observable<T>, discard: (value: T) => void): AsyncIterator<T> {
  const come: T[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const ended = (how: { readonly error?: unknown }) => {
    end = how;
    wake?.();
  };
  const subscription = source$.subscribe({
    next: (value) => {
      come.push(value);
      wake?.();
    },
    error: (error: unknown) => ended({ error }),
    complete: () => ended({}),
  });
  const done = { done: true, value: undefined } as const;
  return {
    next: async () => {
      while (come.length === 0 && end === undefined) await new Promise<void>((resolve) => (wake = resolve));
      const [value] = come.splice(0, 1);
      if (value !== undefined) return { done: false, value };
      if (end !== undefined && 'error' in end) throw end.error;
      return done;
    },
    return: () => {
      subscription.unsubscribe();
      for (const value of come.splice(0)) discard(value);
      ended({});
      return Promise.resolve(done);
    },
  };
}
