/** Which pattern a picture shows, as a note that goes beside it: who judges it need not guess. */
import { patternNames, type PatternName } from './pattern.js';

export function patternNote(name: PatternName): Uint8Array {
  return Buffer.from(name);
}

/** Undefined for bytes that are no such note. */
export function notedPattern(note: Uint8Array): PatternName | undefined {
  const text = Buffer.from(note).toString('latin1');
  return patternNames.find((name) => name === text);
}
