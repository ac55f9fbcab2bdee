import { errnoName } from '../errors.js';
import type { NativeError } from '../native/index.js';

/** As the addon throws it. */
export function nativeError(errno: number, syscall: string): NativeError {
  const code = errnoName(errno);
  return Object.assign(new Error(`${syscall}: ${code}`), { errno, code, syscall });
}
