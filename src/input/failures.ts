/** Why there is no input, or not from one device: what failed, and what to change. */
import { openFailure } from '../device/index.js';
import { errnoOf, GuestheadError } from '../errors.js';
import type { DeviceRefusal } from '../native/input.js';

/** libinput knows no use for it, such as a joystick. */
export function isOfNoUse({ syscall }: DeviceRefusal): boolean {
  return syscall === 'libinput_path_add_device';
}

/** Why the addon did not add a node. */
export function refusal(node: string, error: DeviceRefusal): Error {
  if (error.syscall === 'open') return openFailure(node, error);
  if (error.syscall === 'EVIOCGRAB')
    return new GuestheadError('ERR_SYSTEM', 'The input device cannot be had alone', {
      ...{ device: node, operation: error.syscall, errno: errnoOf(error), cause: error },
      advice: 'another process has grabbed it: end that, or leave the device out',
    });
  const said = (error.log ?? '').trim();
  const what = `libinput leaves the input device alone${said === '' ? '' : ` (${said})`}`;
  return new GuestheadError('ERR_UNSUPPORTED', what, { device: node, cause: error });
}

export function noDevice(node: string): GuestheadError {
  return new GuestheadError('ERR_NO_DEVICE', 'There is no such input device', {
    device: node,
    advice: 'name a node such as /dev/input/event0; in a container, give it /dev/input',
  });
}

/** Nobody will write one. */
export function noRecord(node: string, record: string): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', `udev has no record of the input device (${record})`, {
    device: node,
    advice:
      'run udevd (systemd-udevd, or eudev), and in a container mount /run/udev; where none runs, the records can be written instead (`records: true`, as root)',
  });
}

export function unwritten(node: string, cause: unknown): GuestheadError {
  return new GuestheadError('ERR_SYSTEM', "udev's record of the input device cannot be written", {
    ...{ device: node, operation: 'open', errno: errnoOf(cause), cause },
    advice: 'run as root, or run udevd',
  });
}

/** Somebody should have. */
export function unseen(node: string): GuestheadError {
  return new GuestheadError('ERR_UNSUPPORTED', 'udev has written no record of the input device', {
    device: node,
    advice: 'see what keeps udevd: `udevadm monitor`, `journalctl -u systemd-udevd`',
  });
}
