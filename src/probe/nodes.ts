/** Every DRM device and what it can do. */
import { describeDevice, type Selected } from '../device/index.js';
import { failed, no, ok, unknown, type Question } from './check.js';
import { nameOf, type DeviceReading } from './device-reading.js';
import type { Capabilities, Check } from './report.js';

const why =
  'the display needs KMS with atomic commits and PRIME import, the GPU PRIME export; the rest says what drawing can use';

/** `displays` are those of the readings that shall show pictures. */
export function checkNodes(readings: readonly DeviceReading[], displays: readonly DeviceReading[]): Check[] {
  if (readings.length > 0) return readings.map((reading) => checkDevice(reading, displays.includes(reading)));
  const advice =
    'give the guest a virtio-gpu and a GPU; `guesthead lab run -- guesthead run --frames 600` shows it at work without either';
  return [no({ id: 'nodes.device', why }, 'no DRM device', advice)];
}

/** Which of several devices would be taken, why, and what names another; nothing where there is no choice. */
export function checkChoices(selected: readonly (Selected | undefined)[]): Check[] {
  return selected.flatMap((one) => {
    if (one?.chosen === undefined) return [];
    const { why: found, others } = one.chosen;
    const question: Question = { id: 'nodes.choice', why: 'of several that would do, one is taken', device: one.node };
    return [ok(question, `${one.node}: ${found}`, others)];
  });
}

function checkDevice(reading: DeviceReading, isDisplay: boolean): Check {
  const { device, capabilities } = reading;
  const question: Question = { id: 'nodes.device', why, device: nameOf(device) };
  const name = describeDevice(device);
  if ('fault' in capabilities) {
    const check = failed(question, capabilities.fault, 'unknown');
    return { ...check, found: `${name}: ${check.found}` };
  }
  const found = `${name}: ${describeCapabilities(capabilities.value, device.render !== undefined)}`;
  if (!isDisplay) return ok(question, found);
  return checkDisplay(question, found, capabilities.value, reading);
}

function checkDisplay(question: Question, found: string, able: Capabilities, { node, device }: DeviceReading): Check {
  if (device.primary === undefined || ('value' in node && node.value !== device.primary))
    return unknown(question, found, 'open the primary node, too: the group `video`, or root');
  if (!able.kms || !able.atomic)
    return no(
      question,
      found,
      'give QEMU’s virtio-gpu device at least one output (max_outputs=1), and use Linux 4.4 or later',
    );
  if (able.primeImport) return ok(question, found);
  return no(question, found, 'use a kernel whose virtio-gpu imports buffers (6.14 or later)');
}

export function describeCapabilities(able: Capabilities, hasRenderNode: boolean): string {
  const words: (readonly [boolean, string])[] = [
    [able.kms, 'KMS'],
    [able.atomic, 'atomic'],
    [hasRenderNode, 'render'],
    [able.dumb, 'dumb buffers'],
    [able.primeImport && able.primeExport, 'PRIME import and export'],
    [able.primeImport && !able.primeExport, 'PRIME import'],
    [able.primeExport && !able.primeImport, 'PRIME export'],
    [able.modifiers, 'modifiers'],
    [able.syncobj, able.timelineSyncobj ? 'syncobj (timeline)' : 'syncobj'],
    [able.asyncFlip, able.atomicAsyncFlip ? 'async flips (atomic too)' : 'async flips'],
  ];
  const { cursor } = able;
  const size = cursor === null ? [] : [`cursor ${cursor.width}x${cursor.height}`];
  const all = [...words.filter(([has]) => has).map(([, word]) => word), ...size];
  return all.length === 0 ? 'nothing of use' : all.join(', ');
}
