/** Where a Unix socket is, as the kernel wants it. */
import { GuestheadError } from '../errors.js';

/** Bytes of sun_path. */
const longest = 108;

/** `/run/x.sock`, or `@name` for an abstract name, which no file stands for. Throws ERR_USAGE. */
export function addressOf(path: string): Uint8Array {
  const bytes = Buffer.from(path);
  if (path === '' || path === '@' || path.includes('\0') || bytes.length > longest)
    throw new GuestheadError('ERR_USAGE', `No socket can be at "${path}"`, {
      advice: `give a path, or @ and an abstract name, of at most ${longest} bytes`,
    });
  if (isAbstract(path)) bytes[0] = 0;
  return bytes;
}

export function isAbstract(path: string): boolean {
  return path.startsWith('@');
}
