/** zwp_linux_dmabuf_feedback_v1: on which device a client had best allocate, in which formats, and which of them the display shows as they are. */
import { closeSync } from 'node:fs';
import { enums, type Resource, type WaylandAddon } from '../../wayland/index.js';
import type { OfferedFormat } from './formats.js';

/** Device numbers, `dev_t`. */
export interface DmabufDevices {
  /** The GPU that draws: clients draw with the same. */
  readonly render: bigint;
  /** The one that shows; undefined where it takes no foreign buffers now. */
  readonly scanout: bigint | undefined;
}

const { scanout } = enums.zwp_linux_dmabuf_feedback_v1.tranche_flags;
/** Format, padding, modifier. */
const bytesPerEntry = 16;

/**
 * The tranche of the display comes first. All is told at once, since Chromium waits for it, and every surface is told the same: nothing
 * is allocated anew when a window comes to fill the head.
 */
export function tellFeedback(
  feedback: Resource<'zwp_linux_dmabuf_feedback_v1'>,
  formats: readonly OfferedFormat[],
  devices: DmabufDevices,
  addon: Pick<WaylandAddon, 'createSealedFile'>,
): void {
  tellTable(feedback, formats, addon);
  feedback.send.main_device(bytesOf(devices.render));
  const indices = new Uint8Array(Uint16Array.from(formats.keys()).buffer);
  const tranches = [
    ...(devices.scanout === undefined ? [] : [{ device: devices.scanout, flags: scanout }]),
    { device: devices.render, flags: 0 },
  ];
  for (const { device, flags } of tranches) {
    feedback.send.tranche_target_device(bytesOf(device)); // before the rest: GTK insists
    feedback.send.tranche_flags(flags);
    feedback.send.tranche_formats(indices);
    feedback.send.tranche_done();
  }
  feedback.send.done();
}

/** A sealed file: no client can change what others read. */
function tellTable(
  feedback: Resource<'zwp_linux_dmabuf_feedback_v1'>,
  formats: readonly OfferedFormat[],
  addon: Pick<WaylandAddon, 'createSealedFile'>,
): void {
  const table = tableOf(formats);
  const fd = addon.createSealedFile(table);
  try {
    feedback.send.format_table(fd, table.length);
  } finally {
    closeSync(fd);
  }
}

/** In the machine's own order of bytes. */
function tableOf(formats: readonly OfferedFormat[]): Uint8Array {
  const words = new Uint32Array((formats.length * bytesPerEntry) / 4);
  const modifiers = new BigUint64Array(words.buffer);
  formats.forEach(({ format, modifier }, index) => {
    words[index * 4] = format;
    modifiers[index * 2 + 1] = modifier;
  });
  return new Uint8Array(words.buffer);
}

function bytesOf(device: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(device).buffer);
}
