/**
 * A compositor for a client in another process: it shows the dma-bufs that the client sends, when they come and without
 * a copy, says of each frame when it was shown and when its buffer is free again, and draws a picture of its own
 * where none fits. It lives through resizes and a lost display, and ends with its client, or on Ctrl-C.
 *   node --import tsx examples/compositor.ts [CLIENT]
 * Standard output gets one JSON object a line: what it tells, its head's states and faults, its own pictures.
 */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClientBuffer, Head, HeadState, Message } from 'guesthead';
import { Fence, GuestheadError, MessageSocket, modifiers, openGpus } from 'guesthead';
import { firstValueFrom, fromEvent, merge } from 'rxjs';
import type { Request, Told } from './compositor-client.js';

/** The descriptor is kept for a second import: what was imported is lost with its display. */
type Held = Extract<Request, { kind: 'buffer' }> & { readonly fd: number; imported?: ClientBuffer };

const print = (line: object) => console.log(JSON.stringify(line));

class Client {
  readonly #buffers = new Map<number, Held>();
  #presented = false; // something is on the screen, or on its way there, in the mode as it is now

  constructor(
    private readonly head: Head,
    private readonly socket: MessageSocket,
  ) {
    const close = () => this.close();
    head.state$.subscribe({ next: (state) => this.#enter(state), complete: close });
    head.turn$.subscribe(() => this.#drawWhereNothingIs());
    socket.messages$.subscribe({ next: (message) => this.#receive(message), complete: close, error: close });
  }

  close(): void {
    for (const buffer of [...this.#buffers.keys()]) this.#forget(buffer);
    this.socket.close();
  }

  #enter(state: HeadState): void {
    print({ state });
    this.#presented = false;
    if (state.kind === 'on') this.#tell({ kind: 'size', width: state.mode.width, height: state.mode.height });
  }

  #receive({ bytes, fds: [fd] }: Message): void {
    try {
      const request = JSON.parse(Buffer.from(bytes).toString()) as Request;
      if (request.kind === 'buffer' && fd !== undefined) this.#buffers.set(request.buffer, { ...request, fd });
      else if (request.kind === 'frame') this.#show(request, fd === undefined ? undefined : Fence.adopt(fd));
      else if (request.kind === 'forget' && fd === undefined) this.#forget(request.buffer);
      else throw new Error('No such request');
    } catch {
      if (fd !== undefined) closeSync(fd);
      this.close(); // whoever sends this is not to be served
    }
  }

  /** At the next flip. Where it cannot be shown, the client hears why, and our own picture comes at the next turn. */
  #show({ frame, buffer }: Extract<Request, { kind: 'frame' }>, fence: Fence | undefined): void {
    try {
      const imported = this.#import(buffer);
      const shows = this.head.canShow(imported);
      if (!shows.can) throw shows.why;
      this.head.present(imported, {
        fence, // the head closes it
        onOutcome: (outcome) => this.#tell({ ...outcome, frame }),
        onReleased: () => this.#tell({ kind: 'released', frame }),
      });
      this.#presented = true;
    } catch (error) {
      fence?.close();
      this.#tell({ kind: 'discarded', frame, reason: error instanceof GuestheadError ? error.code : String(error) });
      this.#tell({ kind: 'released', frame });
    }
  }

  #import(number: number): ClientBuffer {
    const buffer = this.#buffers.get(number);
    if (buffer === undefined) throw new GuestheadError('ERR_USAGE', `The client has sent no buffer ${number}`);
    const linear = { ...buffer, modifier: modifiers.LINEAR };
    if (buffer.imported?.closed !== false) buffer.imported = this.head.importDmabuf(linear); // anew where its display was lost
    return buffer.imported;
  }

  #forget(number: number): void {
    const buffer = this.#buffers.get(number);
    if (buffer === undefined || !this.#buffers.delete(number)) return;
    buffer.imported?.close(); // what is on the screen stays there
    closeSync(buffer.fd);
  }

  #drawWhereNothingIs(): void {
    const frame = this.#presented ? undefined : this.head.acquire();
    if (frame === undefined) return;
    frame.pixels.fill(0x203060);
    this.head.present(frame, { onOutcome: (own) => print({ own }) });
    this.#presented = true;
  }

  #tell(message: Told): void {
    const result = this.socket.closed ? 'gone' : this.socket.send(Buffer.from(JSON.stringify(message)));
    if (result === 'sent') print({ told: message });
    if (result === 'full') this.close(); // it has stopped reading
  }
}

const [, , script = fileURLToPath(import.meta.url).replace(/(?=\.\w+$)/, '-client')] = process.argv;
const gpus = await openGpus({ reopen: true });
const head = await gpus.openHead();
head.faults$.subscribe(({ code, message }) => print({ fault: code, message }));
const name = `@guesthead-compositor-${process.pid}`;
const listening = MessageSocket.listen(name, { fds: 1 }).subscribe((socket) => new Client(head, socket));
const program = spawn(process.execPath, [...process.execArgv, script, name], { stdio: 'inherit' });
await firstValueFrom(merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'), fromEvent(program, 'exit')));
listening.unsubscribe();
print({ state: { kind: 'closing' } });
await head.close(); // each client hears what became of its frames
gpus.close();
