/** The client of examples/compositor.ts: draws a moving bar into three dma-bufs, one frame after the other is shown. Prints what it sends and hears. */
import { MessageSocket, Udmabuf } from 'guesthead';

/** What a client asks for. The numbers are its own. */
export type Request =
  /** Comes with the dma-buf: linear XRGB8888. */
  | { kind: 'buffer'; buffer: number; width: number; height: number; strideBytes: number }
  /** May come with a fence: a sync_file that signals when the picture is rendered. */
  | { kind: 'frame'; frame: number; buffer: number }
  /** No further frame is in this buffer. */
  | { kind: 'forget'; buffer: number };

/** What it is told. Each frame is `shown` or `discarded` once, and `released` once: its buffer may be drawn into. */
export type Told =
  /** The size to draw in from now on; frames are shown, or shown again. */
  | { kind: 'size'; width: number; height: number }
  | { kind: 'shown'; frame: number; sequence: number; timestampNs: number }
  | { kind: 'discarded'; frame: number; reason: string }
  | { kind: 'released'; frame: number };

const [, , name = ''] = process.argv;
const socket = MessageSocket.connect(name);
const count = 3;

interface Picture {
  readonly memory: Udmabuf;
  /** The frame that it was last sent with, until that is released. */
  frame: number | undefined;
}

/** By the number that the compositor knows it by. */
const pictures = new Map<number, Picture>();
let size = { width: 0, height: 0 };
/** The compositor shows frames, and none is under way. */
let [wanted, underWay] = [false, false];
let [nextBuffer, nextFrame] = [0, 0];

function send(request: Request, fds: readonly number[] = []): void {
  const result = socket.send(Buffer.from(JSON.stringify(request)), fds);
  console.log(JSON.stringify({ [result]: request })); // `gone` is the end, of which `messages$` tells as well
}

socket.messages$.subscribe({
  next: ({ bytes }) => {
    const told = JSON.parse(Buffer.from(bytes).toString()) as Told;
    console.log(JSON.stringify({ heard: told }));
    if (told.kind === 'size') size = told;
    if (told.kind === 'released') release(told.frame);
    if (told.kind === 'shown' || told.kind === 'discarded') underWay = false;
    if (told.kind === 'shown' || told.kind === 'size') wanted = true;
    forgetUnfit();
    if (wanted && !underWay) draw();
  },
  complete: () => {
    for (const { memory } of pictures.values()) memory.close();
    socket.close();
  },
});
process.on('SIGINT', () => undefined); // of a Ctrl-C for both: the compositor ends, and its socket with it

function release(frame: number): void {
  for (const picture of pictures.values()) if (picture.frame === frame) picture.frame = undefined;
}

const fits = ({ memory }: Picture) => memory.width === size.width && memory.height === size.height;

/** One of another size than the head's is of no use any more, once nobody reads it. */
function forgetUnfit(): void {
  for (const [buffer, picture] of pictures) {
    if (picture.frame !== undefined || fits(picture)) continue;
    picture.memory.close();
    pictures.delete(buffer);
    send({ kind: 'forget', buffer });
  }
}

function draw(): void {
  const free = freePicture();
  if (free === undefined) return; // the next `released` brings one
  const [buffer, picture] = free;
  const frame = nextFrame++;
  picture.memory.draw(({ width, height, stridePixels, pixels }) => {
    const left = (frame * 8) % Math.max(1, width - 64);
    for (let row = 0; row < height; row++)
      pixels
        .fill(0x404040, row * stridePixels, row * stridePixels + width)
        .fill(0xffffff, row * stridePixels + left, row * stridePixels + left + 64);
  });
  picture.frame = frame;
  [wanted, underWay] = [false, true];
  send({ kind: 'frame', frame, buffer });
}

/** One that fits and that nobody reads; a new one while there are less than three of its size. */
function freePicture(): [number, Picture] | undefined {
  const fitting = [...pictures].filter(([, picture]) => fits(picture));
  const free = fitting.find(([, { frame }]) => frame === undefined);
  if (free !== undefined || fitting.length === count) return free;
  const memory = Udmabuf.allocate(size);
  const { width, height, strideBytes, fd } = memory;
  const [buffer, picture] = [nextBuffer++, { memory, frame: undefined }];
  pictures.set(buffer, picture);
  send({ kind: 'buffer', buffer, width, height, strideBytes }, [fd]);
  return [buffer, picture];
}
