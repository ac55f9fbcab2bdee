/** The connectors of every device with KMS, their modes, and who made what is plugged in. */
import { failed, no, ok, type Question } from './check.js';
import { nameOf, type DeviceReading } from './device-reading.js';
import type { Check, HeadFacts, ModeFacts } from './report.js';

const why = 'a head is a connected connector with modes; what the host has not opened is disconnected';
const show =
  'show the head on the host: open its window, or give QEMU’s virtio-gpu device max_outputs and a size (xres, yres)';

export function checkHeads(readings: readonly DeviceReading[]): Check[] {
  const checks = readings.flatMap(checkDevice);
  if (checks.length > 0) return checks;
  return [no({ id: 'heads.connector', why }, 'no device with connectors', 'give the guest a virtio-gpu')];
}

function checkDevice({ device, heads }: DeviceReading): Check[] {
  if (device.primary === undefined) return [];
  const question: Question = { id: 'heads.connector', why, device: nameOf(device) };
  if ('fault' in heads) return [failed(question, heads.fault, 'unknown')];
  const couldBe = ({ status, modes }: HeadFacts, wanted: HeadFacts['status']) => status === wanted && modes.length > 0;
  const wanted = heads.value.some((head) => couldBe(head, 'connected')) ? 'connected' : 'unknown';
  const isUsable = (head: HeadFacts) => couldBe(head, wanted);
  const usable = heads.value.filter(isUsable);
  const others = heads.value.filter((head) => !isUsable(head));
  const names = others.map(({ connector, status }) => `${connector} ${status}`).join(', ');
  const shown = usable.map((head) => ok(question, describeHead(head)));
  if (others.length === 0) return shown;
  if (usable.length === 0) return [no(question, names, show)];
  return [...shown, ok({ ...question, id: 'heads.disconnected' }, names)];
}

export function describeHead({ connector, status, modes, make, model }: HeadFacts): string {
  const display = [make, model].filter((part) => part !== null).join(' ');
  const best = modes.find(({ preferred }) => preferred) ?? modes[0];
  const mode = best === undefined ? 'no mode' : `${describeMode(best)}, ${modes.length} modes`;
  const doubt = status === 'unknown' ? ', where the kernel cannot tell whether something is plugged in' : '';
  return `${connector}: ${mode}${display === '' ? '' : `, ${display}`}${doubt}`;
}

function describeMode({ width, height, refreshHz }: ModeFacts): string {
  return `${width}x${height}@${Number(refreshHz.toFixed(2))}`;
}
