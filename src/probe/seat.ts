/** Who would open a kiosk's devices. Nobody is asked: to sit down at a seat may switch the screen. */
import { backendsHere, type Backend, type SeatRoots } from '../session/index.js';
import { no, ok, type Question } from './check.js';
import type { Files } from './files.js';
import { adviceFor, describeAccess } from './permissions.js';
import type { Check } from './report.js';

const question: Question = {
  id: 'permissions.seat',
  why: 'a kiosk has its devices from a seat daemon where one is there for it, and shares them with other sessions by that',
};

export function checkSeat(files: Files, roots?: SeatRoots): Check {
  const [first] = backendsHere(roots);
  if (first === undefined)
    return ok(question, 'no seat daemon, and no session of logind’s: the kiosk opens its devices itself');
  return first.socket === undefined ? ok(question, first.what) : checkSocket(first, first.socket, files);
}

function checkSocket({ what }: Backend, socket: string, files: Files): Check {
  const access = files.access(socket);
  if (access === undefined) return ok(question, what);
  const found = `${what}, ${describeAccess(access, files)}`;
  if (access.open) return ok(question, found);
  const advice = `${adviceFor(access, files, '`seatd -g GROUP`')}; or give \`kiosk --seat direct\``;
  return no(question, `${found}: closed to this user`, advice);
}
