/** `GET /metrics` and `GET /healthz` over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GuestheadError, messageOf } from '../../errors.js';

/** Where to listen. Port 0 = any that is free. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
}

export type Pages = Readonly<Record<string, () => Answer | Promise<Answer>>>;

/** Owns its socket and connections until `close`. */
export class MetricsServer {
  /** Rejects with ERR_USAGE where the address cannot be had. */
  static async listen(address: Address, pages: Pages): Promise<MetricsServer> {
    const server = createServer((request, response) => void answer(request, response, pages));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(unavailable(address, error));
      });
      server.listen(address.port, address.host, resolve);
    });
    return new MetricsServer(server);
  }

  private constructor(private readonly server: Server) {
    server.on('error', () => undefined); // of one connection: the flips go on
    server.unref(); // the run keeps the process alive, not who watches it
  }

  /** `http://127.0.0.1:9100/metrics`, with the port in use. */
  get url(): string {
    const { address, family, port } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`;
  }

  /** Ends the connections too, whatever they wait for. Idempotent. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  const { status, text, type = 'text/plain; charset=utf-8' } = await answerOf(request, pages);
  const allow = status === 405 ? { Allow: 'GET, HEAD' } : {};
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text), ...allow });
  response.end(request.method === 'HEAD' ? undefined : text);
}

async function answerOf({ method = '', url = '' }: IncomingMessage, pages: Pages): Promise<Answer> {
  const path = url.split('?', 1)[0] ?? '';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return { status: 404, text: `there are ${Object.keys(pages).join(' and ')}\n` };
  if (!['GET', 'HEAD'].includes(method)) return { status: 405, text: 'GET it\n' };
  try {
    return await page();
  } catch (error) {
    return { status: 500, text: `${messageOf(error)}\n` };
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use: name another one, or 0 for any that is free',
  EADDRNOTAVAIL: 'the address is none of this machine: 127.0.0.1, or 0.0.0.0 for every one it has',
  EACCES: 'ports below 1024 are for root: name a higher one, or 0 for any that is free',
  ENOTFOUND: 'the name is not known here: write an address, 127.0.0.1 or [::1]',
};

function unavailable({ host, port }: Address, error: NodeJS.ErrnoException): GuestheadError {
  const { code = '' } = error;
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new GuestheadError('ERR_USAGE', `Metrics cannot be served at ${where}: ${code}`, {
    operation: 'listen',
    advice: reasons[code] ?? 'name another address',
    cause: error,
  });
}
