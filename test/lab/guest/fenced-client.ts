/**
 * A client of examples/compositor.ts whose frames come with fences that are really pending: vgem's, of another
 * buffer than the one shown, so that nothing but the fence tells the kernel to wait. Prints when each signalled.
 */
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, map, share, type Observable } from 'rxjs';
import type { Request, Told } from '../../../examples/compositor-client.js';
import { Udmabuf } from '../../../src/buffer/index.js';
import { MessageSocket } from '../../../src/ipc/index.js';
import { access, loadNative } from '../../../src/native/index.js';
import { Vgem } from './vgem.js';

const frames = 5;
/** Several refreshes, in which a frame that is not waited for would be shown. */
const renderingMs = 150;

const native = loadNative();
const vgem = Vgem.open();
const socket = MessageSocket.connect(process.argv[2] ?? '');
const told$: Observable<Told> = socket.messages$.pipe(
  map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()) as Told),
  share(),
);
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
told$.subscribe((told) => print({ heard: told }));

function send(request: Request, fd: number): void {
  print({ sent: request });
  socket.send(Buffer.from(JSON.stringify(request)), [fd]);
}

/** Sends a frame with its fence, lets that signal later, and resolves once the frame is shown. */
async function show(frame: number, buffer: number, rendered: Udmabuf): Promise<void> {
  const fence = vgem.attach(rendered.fd, { write: true });
  const syncFile = native.exportSyncFile(rendered.fd, access.read);
  const shown = firstValueFrom(told$.pipe(filter((told) => told.kind === 'shown' && told.frame === frame)));
  send({ kind: 'frame', frame, buffer }, syncFile);
  closeSync(syncFile);
  await sleep(renderingMs);
  print({ signalled: frame, atNs: Number(process.hrtime.bigint()) });
  fence.signal();
  await shown;
}

const size = await firstValueFrom(told$.pipe(filter((told) => told.kind === 'size')));
const rendered = Udmabuf.allocate({ width: 64, height: 64 });
const pictures = [0, 1, 2].map((buffer) => {
  const picture = Udmabuf.allocate(size);
  send(
    { kind: 'buffer', buffer, width: picture.width, height: picture.height, strideBytes: picture.strideBytes },
    picture.fd,
  );
  return picture;
});
const freed = firstValueFrom(told$.pipe(filter((told) => told.kind === 'released' && told.frame === frames - 2)));
for (let frame = 0; frame < frames; frame++) await show(frame, frame % pictures.length, rendered);
await freed; // the last frame stays on the screen, and its buffer locked
for (const memory of [...pictures, rendered]) memory.close();
vgem.close();
socket.close();
