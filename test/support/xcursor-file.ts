/** Xcursor files as libXcursor writes them. */

export interface Picture {
  /** Nominal. */
  readonly size: number;
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly colour: number;
}

const [fileHeader, entryBytes, imageHeader] = [16, 12, 36];
const image = 0xfffd0002;

export const words = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);

export function xcursorFile(pictures: readonly Picture[]): Buffer {
  let position = fileHeader + pictures.length * entryBytes;
  const entries = pictures.map(({ size, width, height }) => {
    const entry = words(image, size, position);
    position += imageHeader + width * height * 4;
    return entry;
  });
  const chunks = pictures.map(({ size, width, height, hotX, hotY, colour }) =>
    Buffer.concat([
      words(imageHeader, image, size, 1, width, height, hotX, hotY, 50),
      words(...Array.from({ length: width * height }, () => colour)),
    ]),
  );
  return Buffer.concat([Buffer.from('Xcur'), words(fileHeader, 0x10000, pictures.length), ...entries, ...chunks]);
}
