/** Why there is no session, or no longer, or not now: what failed, and what to change. */
import { constants } from 'node:os';
import { groupAdvice, systemGroupOf } from '../device/index.js';
import { errnoOf, GuestheadError } from '../errors.js';
import type { SeatRefusal } from '../native/session.js';
import type { Backend } from './backends.js';

const { EACCES, EPERM } = constants.errno;

/** Nobody is there to ask. */
export function noDaemon(): GuestheadError {
  return new GuestheadError('ERR_SEAT', 'There is no seat daemon, and no session of logind’s that this process is in', {
    advice:
      'start seatd, whose socket is /run/seatd.sock (SEATD_SOCK names another), or log in at the console; `--seat direct` needs none',
  });
}

export function refused(backend: Backend, error: SeatRefusal): GuestheadError {
  const said = error.log === undefined || error.log === '' ? '' : `: ${error.log}`;
  return new GuestheadError('ERR_SEAT', `${backend.what} gives no session${said}`, {
    ...{ operation: 'libseat_open_seat', errno: errnoOf(error), cause: error },
    advice: adviceFor(backend, error.log ?? ''),
  });
}

/** libseat's errno is ENOSYS or its last one, whatever the reason was: the reason is among its words. */
function adviceFor({ socket }: Backend, said: string): string {
  if (socket !== undefined && said.includes('Permission denied'))
    return `${groupAdvice(systemGroupOf(socket))}: the group of ${socket} has the seat`;
  return 'end the other session of the seat, or leave it (on a console: its virtual terminal); `--seat direct` asks for none';
}

/** The session opens nothing now; a display that another session has may be waited for, as one that another process has. */
export function notActive(device: string, cause?: unknown): GuestheadError {
  return new GuestheadError('ERR_NOT_MASTER', 'Another session has the seat', {
    ...{ device, operation: 'libseat_open_device', errno: EPERM, cause },
    advice: 'switch to this session, or end the other one; `--wait` waits for that',
  });
}

export function notOpened(device: string, error: SeatRefusal): GuestheadError {
  const errno = errnoOf(error);
  if (errno === EPERM || errno === EACCES) return notActive(device, error);
  const said = error.log === undefined || error.log === '' ? '' : ` (${error.log})`;
  return new GuestheadError('ERR_SEAT', `The seat daemon does not open the device${said}`, {
    ...{ device, operation: 'libseat_open_device', errno, cause: error },
    advice: 'it opens /dev/dri/card* and /dev/input/event* of its own seat; `--seat direct` opens them without it',
  });
}

/** What the heads are told of a display that is closed and opened again. */
export function daemonBack(what: string): GuestheadError {
  return new GuestheadError('ERR_SEAT', `A seat daemon is there again (${what}): the display is opened anew by it`);
}

export function daemonGone(what: string, errno: number, log: string): GuestheadError {
  return new GuestheadError('ERR_SEAT', `The seat daemon (${what}) has gone${log === '' ? '' : `: ${log}`}`, {
    ...{ operation: 'libseat_dispatch', errno },
    advice:
      'see what ended it, as `journalctl -u seatd`; clients stay connected, and the display and the devices are used as far as this user may without it',
  });
}
