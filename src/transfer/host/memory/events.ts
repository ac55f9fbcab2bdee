/** What QEMU tells of its guest, as far as it ends the meaning of pages or of the port. */
import { EMPTY, from, map, mergeMap, of, type Observable } from 'rxjs';
import type { Qmp, QmpEvent } from '../../../qmp/index.js';
import type { GuestEvent } from '../guest-memory.js';

/** Completes with QEMU. */
export function guestEvents(qmp: Pick<Qmp, 'events$' | 'execute'>): Observable<GuestEvent> {
  return qmp.events$.pipe(mergeMap((event) => (event.event === 'STOP' ? afterStop(qmp) : told(event))));
}

function told({ event, data = {} }: QmpEvent): Observable<GuestEvent> {
  const { status, id, open } = data;
  if (event === 'RESET' || event === 'SHUTDOWN') return of({ type: 'reset' });
  if (event === 'MIGRATION' && status === 'completed') return of({ type: 'moved' });
  if (event === 'VSERPORT_CHANGE' && typeof id === 'string' && typeof open === 'boolean')
    return of({ type: 'port', device: id, open });
  return EMPTY;
}

/** MIGRATION comes only where somebody has switched it on (the capability `events`, as libvirt does). The state tells always. */
const moving = ['finish-migrate', 'postmigrate'];

function afterStop(qmp: Pick<Qmp, 'execute'>): Observable<GuestEvent> {
  const state = qmp.execute('query-status').then(
    (answer) => (answer as { readonly status?: string }).status ?? '',
    () => '', // QEMU has gone: that completes the events
  );
  return from(state).pipe(
    mergeMap((status) => (moving.includes(status) ? of(true) : EMPTY)),
    map(() => ({ type: 'moved' })),
  );
}
