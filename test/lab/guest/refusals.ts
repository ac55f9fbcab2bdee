/**
 * Prints what the host refuses, a line of JSON each, until SIGTERM. At SIGUSR2 it writes more
 * into the kernel's log than that holds, before it reads on.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { watchHostRefusals } from '../../../src/device/index.js';
import { loadNative } from '../../../src/native.js';

const stop = watchHostRefusals(loadNative(), (refusal) => console.log(JSON.stringify(refusal)));
process.once('SIGTERM', stop);
process.on('SIGUSR2', overrun);
// What a process writes is no refusal, whatever it says.
writeFileSync('/dev/kmsg', '[drm:virtio_gpu_dequeue_ctrl_func] *ERROR* response 0x1201 (command 0x101)\n');
console.log('watching');

function overrun(): void {
  writeFileSync('/proc/sys/kernel/printk_devkmsg', 'on\n'); // else ten lines in five seconds
  const log = openSync('/dev/kmsg', 'w');
  for (let bytes = 0; bytes < 1 << 20; bytes += 500) writeSync(log, `<7>${'x'.repeat(496)}\n`);
  closeSync(log);
  console.log('overrun');
}
