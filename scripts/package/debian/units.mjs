/** The units that the package brings: the examples, with the command where it is and what is left to be done. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../setup/run.mjs';

/** By the unit's name, what is to be done before it runs: neither is enabled by the package. */
const remarks = {
  'guesthead.service': ['Not enabled by the package: systemctl enable --now guesthead'],
  'guesthead-kiosk.service': [
    'Not enabled by the package, and its client is an example:',
    '',
    '  adduser --system --group --home /var/lib/kiosk kiosk',
    '  systemctl edit --full guesthead-kiosk   # ExecStart: your client',
    '  systemctl enable --now guesthead-kiosk',
  ],
};

export const unitNames = Object.keys(remarks);

/** Throws where the example starts its command in another way than is known here. */
export function unitText(name) {
  const [, ...parts] = readFileSync(join(root, 'examples/systemd', name), 'utf8').split(/(?=^\[Unit\])/m);
  const npm = /^# .*\n(ExecStart=)\S+\/guesthead /m;
  const text = parts.join('');
  if (!npm.test(text)) throw new Error(`examples/systemd/${name} does not start the command as it did`);
  const remark = remarks[name].map((line) => `# ${line}`.trimEnd()).join('\n');
  return `${remark}\n\n${text.replace(npm, '$1/usr/bin/guesthead ')}`;
}
