/** Runs a check's program, in a process group of its own, within its limit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../setup/run.mjs';

/** For a test runner to end its tests, and a lab test its guest. */
const graceMs = 15_000;
const pollMs = 50;
/** A left-over grandchild may hold the pipes of a child that has exited. */
const pipesMs = 2_000;

const running = new Set();
let ending = false;

/**
 * Resolves to `{status, output}`; the output of a live check goes straight to the terminal instead. A patient one has the processor
 * when nobody else wants it.
 */
export async function execute({ name, live, patient, limitMs, env }, [program, ...args]) {
  let output = '';
  const take = (text) => {
    if (live) process.stdout.write(text);
    else output += text;
  };
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(program, args, { cwd: root, stdio, detached: true, env: { ...process.env, ...env } });
  if (patient) void stepBack(child);
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  const overrun = setTimeout(() => {
    take(`\n${name} took longer than ${limitMs / 60_000} minutes and was ended\n`);
    void end(child);
  }, limitMs);
  const status = await statusOf(child, take);
  clearTimeout(overrun);
  if (ending) await new Promise(() => undefined); // so that no other check is started
  return { status, output };
}

/** By its own priority, and by that of its session where the kernel shares time among sessions first (autogroup in sched(7)). */
async function stepBack({ pid }) {
  if (pid === undefined) return;
  setPriority(pid, constants.priority.PRIORITY_LOW);
  for (let tries = 0; tries < 20; tries++)
    try {
      writeFileSync(`/proc/${pid}/autogroup`, `${constants.priority.PRIORITY_LOW}`);
      return;
    } catch (error) {
      if (error.code !== 'EAGAIN') return; // there is no such thing, or the process has ended
      await sleep(pollMs); // an ordinary user may change ten in a second
    }
}

/** A program that cannot be started has failed like one that did not like what it saw. */
async function statusOf(child, take) {
  running.add(child);
  const closed = once(child, 'close');
  try {
    const [code, signal] = await once(child, 'exit');
    await Promise.race([closed, sleep(pipesMs, undefined, { ref: false })]);
    return code ?? signal;
  } catch (error) {
    take(`${error.message}\n`);
    return 127;
  } finally {
    closed.catch(() => undefined);
    running.delete(child);
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  }
}

/** Asks all that the check started to end, then makes it. */
async function end({ pid }) {
  signalGroup(pid, 'SIGTERM');
  for (let waited = 0; waited < graceMs && signalGroup(pid, 0); waited += pollMs) await sleep(pollMs);
  signalGroup(pid, 'SIGKILL');
}

/** Whether there was still somebody in the group. */
function signalGroup(pid, signal) {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** Ends every check that runs, then this process. */
export async function endAll(status) {
  ending = true;
  await Promise.all([...running].map(end));
  process.exit(status);
}
