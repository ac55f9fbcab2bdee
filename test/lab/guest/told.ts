/** What a pair of GPUs tells a compositor: first the devices and formats, then each list of connectors; ends with standard input. */
import { closeSync, fstatSync, statSync } from 'node:fs';
import { openGpus } from '../../../src/head/index.js';

const gpus = await openGpus();
const { render, display } = gpus;
const ours = render.open();
const rdev = (path: string) => String(statSync(path, { bigint: true }).rdev);
const numbers = [render, display].map(({ devT, path }) => [String(devT.value), rdev(path)]);
const opened = [String(fstatSync(ours, { bigint: true }).rdev), rdev(render.path)];
closeSync(ours);

const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
console.log(asJson({ render, display, formats: gpus.formats(), numbers, opened }));
gpus.connectors$.subscribe({
  next: (connectors) => {
    console.log(asJson({ connectors }));
  },
  complete: () => {
    console.log('"completed"');
  },
});
process.stdin.on('end', () => {
  gpus.close();
});
process.stdin.resume();
