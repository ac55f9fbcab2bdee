/**
 * Ids that carry their kind. The kernel numbers all of them from small integers,
 * so that without a kind a plane passed for a CRTC would still look right.
 */
type Branded<Kind extends string> = number & { readonly __brand: Kind };

export type CrtcId = Branded<'CrtcId'>;
export type PlaneId = Branded<'PlaneId'>;
export type ConnectorId = Branded<'ConnectorId'>;
export type EncoderId = Branded<'EncoderId'>;
export type FramebufferId = Branded<'FramebufferId'>;
export type BlobId = Branded<'BlobId'>;
export type PropertyId = Branded<'PropertyId'>;
/**
 * A buffer object's name in one open file. The kernel does not count it: two
 * imports of one dma-buf give the same handle, and one close ends both.
 */
export type GemHandle = Branded<'GemHandle'>;
/** A file descriptor of a dma-buf; whoever gets one closes it, e.g. with `fs.closeSync`. */
export type DmabufFd = Branded<'DmabufFd'>;
