/** A trace's file: written whole or not at all, event by event, never as one string. */
import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { errnoOf, GuestheadError } from '../../errors.js';
import { unfinishedName } from '../output-file.js';
import type { TraceEvent } from './events.js';

/** Written at one go. */
const chunkCharacters = 64 * 1024;

/** Throws ERR_USAGE where a trace could not be written there; leaves nothing behind. */
export function assertWritable(file: string): void {
  const temporary = unfinishedName(targetOf(file));
  try {
    closeSync(openSync(temporary, 'wx'));
  } catch (cause) {
    throw unwritable(file, cause);
  }
  rmSync(temporary, { force: true });
}

/**
 * Throws ERR_SYSTEM, and then nothing is left behind and a file that was there before is as
 * it was. `otherData` is asked for once the events have been written.
 */
export function writeTrace(file: string, events: Iterable<TraceEvent>, otherData: () => object): void {
  const target = targetOf(file);
  const temporary = unfinishedName(target);
  try {
    writeTo(temporary, textOf(events, otherData));
    renameSync(temporary, target);
  } catch (cause) {
    removeQuietly(temporary);
    if (errnoOf(cause) === undefined || cause instanceof GuestheadError) throw cause;
    throw new GuestheadError('ERR_SYSTEM', 'The trace cannot be written', {
      device: file,
      errno: errnoOf(cause),
      cause,
    });
  }
}

function writeTo(file: string, text: Iterable<string>): void {
  const fd = openSync(file, 'wx');
  try {
    let chunk = '';
    for (const part of text) {
      chunk += part;
      if (chunk.length >= chunkCharacters) {
        writeAll(fd, chunk);
        chunk = '';
      }
    }
    writeAll(fd, chunk);
  } finally {
    closeSync(fd);
  }
}

/** A write may take less than all of it. */
function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function* textOf(events: Iterable<TraceEvent>, otherData: () => object): Generator<string> {
  yield '{"displayTimeUnit":"ms","traceEvents":[';
  let before = '\n';
  for (const event of events) {
    yield before + JSON.stringify(event);
    before = ',\n';
  }
  yield `\n],"otherData":${JSON.stringify(otherData())}}\n`;
}

/** Behind links, so that they stay; a device or a folder must not be replaced. */
function targetOf(file: string): string {
  try {
    const target = realpathSync(file);
    if (statSync(target).isFile()) return target;
  } catch {
    return file; // not there yet
  }
  throw new GuestheadError('ERR_USAGE', 'The trace needs a file of its own', { device: file });
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // why it could not be written says more
  }
}

function unwritable(file: string, cause: unknown): GuestheadError {
  return new GuestheadError('ERR_USAGE', 'The trace cannot be written', {
    ...{ operation: 'open', device: file, errno: errnoOf(cause), cause },
    advice: 'name a file in a folder that is there and that this user may write to',
  });
}
