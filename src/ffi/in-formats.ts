/** A plane's IN_FORMATS blob: `struct drm_format_modifier_blob` of drm_mode.h. */

/** The version that drm_mode.h tells of. */
const version = 1;
const field = { version: 0, countFormats: 8, formatsOffset: 12, countModifiers: 16, modifiersOffset: 20 } as const;
/** `struct drm_format_modifier`: 64 bits that say for which formats it is, counted from `offset` in the list of formats. */
const entry = { formats: 0, offset: 8, modifier: 16, size: 24 } as const;

/** The modifiers of each format, by its four-character code, in the blob's order; undefined for another version than is known. */
export function parseInFormats(blob: Buffer): Map<number, bigint[]> | undefined {
  if (blob.readUInt32LE(field.version) !== version) return undefined;
  const formats = formatsOf(blob);
  const found = new Map(formats.map((code): [number, bigint[]] => [code, []]));
  const start = blob.readUInt32LE(field.modifiersOffset);
  for (let index = 0; index < blob.readUInt32LE(field.countModifiers); index++) {
    const at = start + index * entry.size;
    const modifier = blob.readBigUInt64LE(at + entry.modifier);
    for (const code of ofEntry(blob, at, formats)) found.get(code)?.push(modifier);
  }
  return found;
}

function formatsOf(blob: Buffer): number[] {
  const start = blob.readUInt32LE(field.formatsOffset);
  return Array.from({ length: blob.readUInt32LE(field.countFormats) }, (_, index) =>
    blob.readUInt32LE(start + index * 4),
  );
}

function ofEntry(blob: Buffer, at: number, formats: readonly number[]): number[] {
  const bits = blob.readBigUInt64LE(at + entry.formats);
  const first = blob.readUInt32LE(at + entry.offset);
  return formats.filter(
    (_, index) => index >= first && index < first + 64 && ((bits >> BigInt(index - first)) & 1n) === 1n,
  );
}
