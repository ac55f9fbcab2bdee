/** A guest's buffers in a program of the host: exact, from wherever in memory, and taken back from whoever dies. */
import assert from 'node:assert/strict';
import { execFile, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { ShareResult } from '../../src/cli/share-result.js';
import { Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import type { PageRun } from '../../src/transfer/protocol/fields.js';
import { judgeSink, type Judgement } from '../../src/sinks/index.js';
import {
  describeEvent,
  openBroker,
  openGuestMemory,
  type Broker,
  type Consumer,
  type GuestMemory,
  type ReceivedBuffer,
} from '../../src/transfer/index.js';
import type { takeByUdmabuf } from './guest/udmabuf-pages.js';
import { guesthead, lastJson, Lines, script, startWatched, type Output } from '../support/lab.js';

const main = join(packageRoot, 'dist/cli/main.cjs');
const fourGiB = 1n << 20n; // in pages

/** `guesthead …` on the host. */
function command(...words: string[]): { readonly child: ChildProcess; readonly ended: Promise<Output> } {
  let child!: ChildProcess;
  const ended = new Promise<Output>((resolve) => {
    child = execFile(process.execPath, [main, ...words], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), signal: null, stdout, stderr });
    });
  });
  return { child, ended };
}

describe('guesthead lab run --transfer', () => {
  it('hands 600 pictures of 1920x1080 to a consumer on the host, each of them exact', async () => {
    const words = [
      'lab',
      'run',
      '--transfer',
      '--',
      'guesthead',
      'share',
      '--frames',
      '600',
      '--rate',
      'max',
      '--json',
    ];
    const output = await command(...words).ended;
    const { verdict, reasons, exports, releases, revoked, bytesCopied, host } = lastJson<ShareResult>(output);
    assert.deepEqual({ verdict, reasons }, { verdict: 'pass', reasons: [] }, output.stderr);
    assert.deepEqual(
      { exports, releases, revoked, bytesCopied },
      { exports: 600, releases: 600, revoked: 0, bytesCopied: 0 },
    );
    const { judgeMs, ...seen } = host ?? assert.fail();
    assert.deepEqual(seen, { received: 600, exact: 600, torn: 0, unjudged: 0, arrival: null });
    assert.ok(judgeMs !== null);
    assert.equal(output.status, 0);
  });
});

/** Passes everything on, and notes which pages are taken. */
function recording(memory: GuestMemory, taken: PageRun[]): GuestMemory {
  return {
    kind: memory.kind,
    events$: memory.events$,
    take: (runs, bytes) => {
      taken.push(...runs);
      return memory.take(runs, bytes);
    },
    close: () => {
      memory.close();
    },
  };
}

/** Mappings of the guest's memory in this process. */
function mappings(): number {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('memory-backend-memfd')).length;
}

/** A broker in this process, and what it tells. */
class Host {
  readonly taken: PageRun[] = [];
  readonly lines = new Lines();

  private constructor(readonly broker: Broker) {
    broker.events$.subscribe((event) => this.lines.push(`${describeEvent(event)}\n`));
  }

  static async open({ files }: Lab): Promise<Host> {
    const taken: PageRun[] = [];
    const memory = async () => recording(await openGuestMemory({ qmp: files.brokerQmp }), taken);
    const host = new Host(await openBroker({ memory, port: files.transfer, listen: files.broker }));
    return Object.assign(host, { taken });
  }
}

/** A consumer that judges, and can be closed in the middle of it. */
function judging(broker: Broker) {
  const sink = judgeSink();
  const consumer: Consumer = broker.consumer('a test');
  const held: ReceivedBuffer[] = [];
  let keep = false;
  consumer.buffers$.subscribe((buffer) => {
    if (keep) {
      held.push(buffer);
      return;
    }
    const { width, height, format, strideBytes, sequence } = buffer;
    buffer.read((pixels) => void sink.write({ width, height, format, strideBytes, sequence, pixels }));
    buffer.release();
  });
  return {
    get judgement() {
      return sink.judgement;
    },
    held,
    /** From now on nothing is released. */
    hold: () => (keep = true),
    close: () => {
      consumer.close();
    },
  };
}

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('a guest of 6 GiB with an i440FX', { timeout: 280_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.boot({ transfer: true, broker: false, memory: '6G', type: 'pc' });
  });
  after(async () => {
    await lab.close();
  });
  let host: Host | undefined;
  const open = async (): Promise<Host> => (host = await Host.open(lab));
  const children: ChildProcess[] = [];
  afterEach(() => {
    host?.broker.close();
    for (const child of children) child.kill('SIGKILL');
  });
  const share = (...words: string[]) =>
    startWatched(lab, ['node', 'dist/cli/main.cjs', 'share', '--rate', 'max', ...words]);

  it('could be a host itself: with a /dev/udmabuf the pages taken are a dma-buf, whose other holders are seen', async () => {
    const seen = lastJson<ReturnType<typeof takeByUdmabuf>>(await lab.run(script('test/lab/guest/udmabuf-pages.ts')));
    assert.deepEqual(seen, {
      kind: 'dma-buf',
      bytes: 0, // the mapping is closed
      first: [35, 36, 7, 1],
      later: [35, 36, 777, 1],
      held: [false, true, true, false],
    });
  });

  it('has its buffers above 4 GiB, and each picture is exact; a consumer may go and another come in mid-run', async () => {
    const host = await open();
    const first = judging(host.broker);
    const running = guesthead(lab, ['share', '--rate', 'max', '--frames', '240', '--json']);
    await until(() => first.judgement.received >= 40);
    first.hold();
    await until(() => first.held.length > 0);
    first.close(); // with pictures in its hands
    assert.equal(
      first.held.some(({ isHeld }) => isHeld),
      false,
    );
    const second = judging(host.broker);
    const result = lastJson<ShareResult>(await running);
    assert.deepEqual([result.verdict, result.exports, result.releases], ['pass', 240, 240], JSON.stringify(result));
    for (const { received, exact, wrong } of [first.judgement, second.judgement])
      assert.deepEqual({ exact, wrong, some: received > 0 }, { exact: received, wrong: null, some: true });
    const pages = host.taken.reduce((sum, { count }) => sum + count, 0);
    const above = host.taken.filter(({ page }) => page >= fourGiB).reduce((sum, { count }) => sum + count, 0);
    assert.ok(pages >= 4 * 2025, `${pages} pages`);
    assert.equal(above, pages); // the kernel gives the highest zone first
    host.broker.close();
    assert.equal(mappings(), 0);
  });

  it('whose producer is killed loses its buffers to nobody: revoked first, then unmapped; the next one is served', async () => {
    const host = await open();
    const consumer = judging(host.broker);
    consumer.hold();
    const killed = share('--frames', '100000');
    await until(() => consumer.held.length === 4); // all of its buffers, read by the host
    for (const buffer of consumer.held) buffer.map();
    assert.ok(mappings() > 0);
    killed.job.kill('SIGKILL');
    await host.lines.until(/the producer's buffers were taken back: .+/);
    assert.equal(
      consumer.held.some(({ isHeld }) => isHeld),
      false,
    );
    await until(() => mappings() === 0);
    consumer.close();
    const next = judging(host.broker);
    const { verdict, reasons } = lastJson<ShareResult>(
      await guesthead(lab, ['share', '--rate', 'max', '--frames', '40', '--json']),
    );
    assert.deepEqual([verdict, reasons, next.judgement.exact], ['pass', [], 40]);
    host.broker.close();
  });

  it('whose broker is killed has its exports back, says so, and goes on with the next broker', async () => {
    const { brokerQmp, transfer, broker } = lab.files; // the killed one's socket stays there, and is replaced
    const words = ['host', 'broker', '--qmp', brokerQmp, '--port', transfer, '--listen', broker, '--json'];
    const start = (...more: string[]) => {
      const lines = new Lines();
      const { child, ended } = command(...words, ...more);
      child.stderr?.on('data', lines.push).on('close', lines.end);
      children.push(child);
      return { child, lines, ended };
    };
    const first = start();
    let stdout = '';
    const job = lab.start(['node', 'dist/cli/main.cjs', 'share', '--rate', '30', '--frames', '100000', '--json'], {
      onStdout: (chunk) => (stdout += chunk.toString()),
    });
    await first.lines.until(/the guest's producer is ".+"/);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // it has no consumer, and so the newest export by then
    first.child.kill('SIGKILL');
    await first.ended;
    const second = start('--judge', '--frames', '60');
    const { received, exact } = lastJson<Judgement>(await second.ended);
    assert.deepEqual([received, exact], [60, 60]);
    job.kill('SIGTERM');
    const result = lastJson<ShareResult>({ ...(await job.done), stdout, stderr: '' });
    assert.equal(result.verdict, 'fail');
    assert.equal(result.releases + result.revoked, result.exports);
    assert.match(
      result.reasons.join('\n'),
      /exports were revoked: (the host’s side of the port was closed|nobody has)/,
    );
    assert.ok(result.releases >= 60, JSON.stringify(result)); // all that the second broker had
  });

  it('that is reset has its buffers taken back, and its producer is served once it is up again', async () => {
    const host = await open();
    const consumer = judging(host.broker);
    consumer.hold();
    share('--frames', '100000');
    await until(() => consumer.held.length === 4);
    await lab.qmp.execute('set-action', { reboot: 'reset' }); // the lab's QEMU ends at a reset otherwise
    await lab.qmp.execute('system_reset');
    await host.lines.until(/the producer's buffers were taken back: .+/);
    assert.equal(
      consumer.held.some(({ isHeld }) => isHeld),
      false,
    );
    consumer.close();
    const next = judging(host.broker);
    const { verdict, reasons } = lastJson<ShareResult>(
      await guesthead(lab, ['share', '--rate', 'max', '--frames', '40', '--json']),
    );
    assert.deepEqual([verdict, reasons, next.judgement.exact], ['pass', [], 40]);
    host.broker.close();
  });
});
