/** Who receives datagrams on a Unix socket, as a service manager does: Python, for Node has no such sockets. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Prints `bound`, then each datagram's bytes as hexadecimal digits on a line. */
export const receiverWords = (address: string): string[] => ['python3', '-c', receive, address];

const receive = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
receiver.bind('\\0' + name[1:] if name.startswith('@') else name)
print('bound', flush=True)
while True:
    print(receiver.recv(65536).hex(), flush=True)
`;

export class DatagramReceiver {
  readonly messages: string[] = [];
  #awaited: (() => void) | undefined;

  private constructor(private readonly child: ChildProcess) {}

  /** `address`: a path, or `@` and an abstract name. */
  static async open(address: string): Promise<DatagramReceiver> {
    const [program = '', ...words] = receiverWords(address);
    const env = { ...process.env, LD_PRELOAD: '' }; // a sanitizer under which this runs is not for Python
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const receiver = new DatagramReceiver(child);
    const lines = createInterface(child.stdout);
    const bound = once(lines, 'line');
    lines.on('line', (line) => {
      if (line !== 'bound') receiver.#take(Buffer.from(line, 'hex').toString());
    });
    const ended = once(lines, 'close').then(() => Promise.reject(new Error('the receiver could not begin')));
    await Promise.race([bound, ended]);
    ended.catch(() => undefined); // it ends with `close`
    return receiver;
  }

  /** Resolves once so many have come, with all of them. */
  async received(count: number): Promise<readonly string[]> {
    while (this.messages.length < count) await new Promise<void>((resolve) => (this.#awaited = resolve));
    return this.messages;
  }

  /** It receives nothing until `resume`. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await ended;
  }

  #take(message: string): void {
    this.messages.push(message);
    this.#awaited?.();
  }
}
