/** Which version the two ends speak: the newest that both know. */
import { GuestheadError } from '../../errors.js';
import { malformed } from './fields.js';
import { magic, versions, type MessageOf } from './messages.js';

/** The first message of a producer or consumer, who is called `name` in what the broker says. */
export function hello(name: string): MessageOf<'hello'> {
  return { type: 'hello', magic, ...versions, name };
}

/** The broker's choice. Throws ERR_PROTOCOL for a stranger, ERR_UNSUPPORTED where no version is common to both. */
export function versionFor(greeting: MessageOf<'hello'>): number {
  if (greeting.magic !== magic) throw malformed('it begins with another protocol');
  const version = Math.min(greeting.newest, versions.newest);
  if (version >= Math.max(greeting.oldest, versions.oldest)) return version;
  throw new GuestheadError(
    'ERR_UNSUPPORTED',
    `The broker speaks the transfer's versions ${range(versions)}, ${greeting.name} ${range(greeting)}`,
    { advice: 'bring both ends to a version of guesthead that the other knows' },
  );
}

function range({ oldest, newest }: { readonly oldest: number; readonly newest: number }): string {
  return oldest === newest ? `${oldest}` : `${oldest} to ${newest}`;
}
