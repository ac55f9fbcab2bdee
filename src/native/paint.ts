/** Drawing by the CPU (native/paint): pixman, by dlopen. */
export interface PaintAddon {
  /**
   * Draws a picture, or a colour where `source` is null, into a part of `target`, as native/paint/painting.h has the numbers;
   * a source has four bytes a pixel, its alpha premultiplied. Throws an Error with ERR_LIBRARY_MISSING without libpixman.
   */
  paint(
    target: Uint32Array,
    numbers: Float64Array,
    source: Uint8Array | null,
    width?: number,
    height?: number,
    strideBytes?: number,
    hasAlpha?: boolean,
  ): void;
}
