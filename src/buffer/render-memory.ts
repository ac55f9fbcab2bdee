/** A buffer's memory as a GPU imports it. The object is the buffer's identity: the same for its life, and the key of what a GPU made of it. */
import type { PictureLayout } from './check.js';

export interface RenderMemory {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** A four-character code. */
  readonly format: number;
  readonly modifier: bigint;
  /** One. The descriptor is borrowed: valid until the buffer is closed. */
  readonly planes: readonly { readonly fd: number; readonly offsetBytes: number; readonly strideBytes: number }[];
  /** Calls it once, before the memory goes. */
  onClose(forget: () => void): void;
}

/** The memory, and the function that tells whoever asked that it goes. */
export function renderMemory(
  { width, height, format, modifier, stride, offset }: PictureLayout,
  fd: number,
): readonly [memory: RenderMemory, close: () => void] {
  const forgetting: (() => void)[] = [];
  const onClose = (forget: () => void) => void forgetting.push(forget);
  const memory = {
    width,
    height,
    format,
    modifier,
    planes: [{ fd, offsetBytes: offset, strideBytes: stride }],
    onClose,
  };
  return [
    memory,
    () => {
      for (const forget of forgetting.splice(0)) forget();
    },
  ];
}
