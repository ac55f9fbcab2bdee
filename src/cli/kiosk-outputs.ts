/** What a kiosk says of its heads' states. What took one from it is a fault, and said as such, but where a seat asked for the display. */
import { EMPTY, groupBy, mergeMap, of, pairwise, type Observable } from 'rxjs';
import type { OutputChange } from '../kiosk/index.js';

/** `seated`: the display is a session manager's, who may give it to another session. Completes with `outputs$`. */
export function outputNews(outputs$: Observable<OutputChange>, seated: boolean): Observable<string> {
  return outputs$.pipe(
    groupBy(({ connector }) => connector),
    mergeMap((changes$) => changes$.pipe(pairwise())),
    mergeMap(([before, now]) => {
      const news = newsOf(before, now, seated);
      return news === undefined ? EMPTY : of(`${now.connector} ${news}`);
    }),
  );
}

function newsOf({ state: before }: OutputChange, { state }: OutputChange, seated: boolean): string | undefined {
  if (state.kind === 'waiting for master' && seated)
    return 'is another session’s: what clients draw is seen when the seat gives it back';
  if (state.kind !== 'on' || before.kind === 'off') return undefined;
  const { width, height, refreshHz } = state.mode;
  const mode = `${width}x${height} at ${refreshHz.toFixed(2)} Hz`;
  return before.kind === 'on' ? `is ${mode} now` : `shows windows again, ${mode}`;
}
