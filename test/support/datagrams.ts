/** Who receives datagrams on a Unix socket, as a service manager does: Python, for Node has no such sockets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Lab } from '../../src/lab/index.js';

/** Prints `bound`, then each datagram's bytes as hexadecimal digits on a line. */
const receive = `
import os, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
receiver.bind('\\0' + name[1:] if name.startswith('@') else name)
if name.startswith('/'):
    os.chmod(name, 0o777) # as a service manager's
print('bound', flush=True)
while True:
    print(receiver.recv(65536).hex(), flush=True)
`;
const words = (address: string) => ['python3', '-c', receive, address];

interface Receiving {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<unknown>;
}

export class DatagramReceiver {
  readonly messages: string[] = [];
  #bound = false;
  #rest = '';
  #look: () => void = () => undefined;
  #process: Receiving | undefined;

  /** On this machine. `address`: a path, or `@` and an abstract name. */
  static async open(address: string): Promise<DatagramReceiver> {
    const receiver = new DatagramReceiver();
    const [program = '', ...rest] = words(address);
    const env = { ...process.env, LD_PRELOAD: '' }; // a sanitizer under which this runs is not for Python
    const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk: Buffer) => receiver.#take(chunk));
    return receiver.#begun({ kill: (signal) => child.kill(signal), ended: once(child, 'close') });
  }

  /** In the guest. */
  static async openIn(lab: Lab, path: string): Promise<DatagramReceiver> {
    const receiver = new DatagramReceiver();
    const job = lab.start(words(path), { onStdout: (chunk) => receiver.#take(chunk) });
    return receiver.#begun({ kill: (signal) => job.kill(signal), ended: job.done });
  }

  /** Resolves once so many have come that begin so, with them; fails when the receiver has ended. */
  async received(count: number, beginning = ''): Promise<readonly string[]> {
    const wanted = () => this.messages.filter((message) => message.startsWith(beginning));
    await this.#until(() => wanted().length >= count);
    return wanted();
  }

  /** It receives nothing until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.#process?.ended;
  }

  async #begun(receiving: Receiving): Promise<this> {
    this.#process = receiving;
    await this.#until(() => this.#bound);
    return this;
  }

  async #until(come: () => boolean): Promise<void> {
    const ended = this.#process?.ended.then(() => 'ended');
    while (!come()) {
      const news = new Promise<void>((resolve) => (this.#look = resolve));
      if ((await Promise.race([news, ended])) === 'ended') throw new Error('the receiver has ended');
    }
  }

  #take(chunk: Buffer): void {
    const lines = `${this.#rest}${chunk.toString()}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines)
      if (line === 'bound') this.#bound = true;
      else this.messages.push(Buffer.from(line, 'hex').toString());
    this.#look();
  }
}
