/** Whose turn it is: a thread that asks for real time, and what it starts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { loadScript, root } from './support/addon.js';

/** sched(7): what 41 numbers into /proc/…/stat stands; the name in brackets may have spaces. */
const [normal, roundRobin] = [0, 2];
const script = `
  ${loadScript}
  const policyOf = (stat) => Number(stat.slice(stat.lastIndexOf(')')).split(' ')[39]);
  const { readFileSync, readdirSync } = require('node:fs');
  const { execFileSync } = require('node:child_process');
  const { Worker } = require('node:worker_threads');
  const threads = () => readdirSync('/proc/self/task').map((id) => policyOf(readFileSync('/proc/self/task/' + id + '/stat', 'utf8')));
  const realTime = native.runInRealTime();
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  worker.once('online', () => {
    const own = policyOf(readFileSync('/proc/thread-self/stat', 'utf8'));
    const others = new Set(threads().slice(1));
    const child = policyOf(execFileSync('cat', ['/proc/self/stat'], { encoding: 'utf8' }));
    console.log(JSON.stringify({ realTime, own, others: [...others], child }));
    process.exit();
  });
`;

interface Told {
  readonly realTime: boolean;
  /** Of the thread that asks, of the process's others, and of a program that it starts. */
  readonly own: number;
  readonly others: readonly number[];
  readonly child: number;
}

function toldOf(before: readonly string[]): Told {
  const [command, ...words] = [...before, process.execPath, '--eval', script];
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Told;
}

it('a thread that asks for it comes before others, where it may; what it starts does not', () => {
  const may = spawnSync('chrt', ['--rr', '1', 'true']).status === 0;
  const expected = { realTime: may, own: may ? roundRobin : normal, others: [normal], child: normal };
  assert.deepEqual(toldOf([]), expected);
});

it('stays as it is without the privilege, and where the kernel would end it for computing too long', () => {
  const expected = { realTime: false, own: normal, others: [normal], child: normal };
  assert.deepEqual(toldOf(['setpriv', '--bounding-set=-sys_nice', 'prlimit', '--rtprio=0']), expected);
  assert.deepEqual(toldOf(['prlimit', '--rttime=200000']), expected);
});
