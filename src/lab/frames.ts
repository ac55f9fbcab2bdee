/**
 * The frames spoken with the guest's init over its virtio-serial port:
 * u8 type, u8 job, u16 flags, u32 length (little-endian), payload.
 * The other end, and the list of types, is `guest/init.c`.
 */
const headerBytes = 8;

export interface Frame {
  readonly type: string;
  readonly job: number;
  readonly payload: Buffer;
}

export function encodeFrame(type: string, job: number, payload: Buffer | string = '', flags = 0): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(type.charCodeAt(0), 0);
  header.writeUInt8(job, 1);
  header.writeUInt16LE(flags, 2);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** Cuts a byte stream into frames; keeps what is not whole yet. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= headerBytes) {
      const end = headerBytes + this.#rest.readUInt32LE(4);
      if (this.#rest.length < end) return;
      yield {
        type: String.fromCharCode(this.#rest.readUInt8(0)),
        job: this.#rest.readUInt8(1),
        payload: this.#rest.subarray(headerBytes, end),
      };
      this.#rest = this.#rest.subarray(end);
    }
  }
}
