/** A head in a worker thread, which ends in mid-flip: by terminate(), by the process's exit, or by an error that nobody catches. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

async function flip(): Promise<void> {
  const { openHead } = await import('../../../src/head/index.js');
  const head = await openHead();
  let flips = 0;
  head
    .flips(() => undefined)
    .subscribe(() => {
      if (++flips !== 20) return;
      parentPort?.postMessage('flipping');
      if (workerData === 'throw')
        setImmediate(() => {
          throw new Error('out of luck');
        });
    });
}

function watch(ending: string | undefined): void {
  const worker = new Worker(new URL(import.meta.url), { workerData: ending });
  worker.on('message', (message) => {
    console.log(message);
    if (ending === 'terminate') void worker.terminate();
    if (ending === 'exit') process.exit();
  });
}

if (isMainThread) watch(process.argv[2]);
else await flip();
