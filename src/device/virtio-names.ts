/** The names that `linux/virtio_gpu.h` gives to what virtio-gpu and its host say, without their prefixes. */

/** `0x10d` → `'SET_SCANOUT_BLOB'`; one unknown is given as it is, in hexadecimal. */
export function commandName(code: number): string {
  return nameOf(commands, code);
}

/** `0x1200` → `'ERR_UNSPEC'`; the same way. */
export function responseName(code: number): string {
  return nameOf(responses, code);
}

function nameOf(names: Record<number, readonly string[]>, code: number): string {
  return names[code >> 8]?.[code & 0xff] ?? `0x${code.toString(16)}`;
}

/** By their high byte; within it they count from 0. */
const responses: Record<number, readonly string[]> = {
  0x12: [
    'ERR_UNSPEC',
    'ERR_OUT_OF_MEMORY',
    'ERR_INVALID_SCANOUT_ID',
    'ERR_INVALID_RESOURCE_ID',
    'ERR_INVALID_CONTEXT_ID',
    'ERR_INVALID_PARAMETER',
  ],
};
const commands: Record<number, readonly string[]> = {
  0x01: [
    'GET_DISPLAY_INFO',
    'RESOURCE_CREATE_2D',
    'RESOURCE_UNREF',
    'SET_SCANOUT',
    'RESOURCE_FLUSH',
    'TRANSFER_TO_HOST_2D',
    'RESOURCE_ATTACH_BACKING',
    'RESOURCE_DETACH_BACKING',
    'GET_CAPSET_INFO',
    'GET_CAPSET',
    'GET_EDID',
    'RESOURCE_ASSIGN_UUID',
    'RESOURCE_CREATE_BLOB',
    'SET_SCANOUT_BLOB',
  ],
  0x02: [
    'CTX_CREATE',
    'CTX_DESTROY',
    'CTX_ATTACH_RESOURCE',
    'CTX_DETACH_RESOURCE',
    'RESOURCE_CREATE_3D',
    'TRANSFER_TO_HOST_3D',
    'TRANSFER_FROM_HOST_3D',
    'SUBMIT_3D',
    'RESOURCE_MAP_BLOB',
    'RESOURCE_UNMAP_BLOB',
  ],
  0x03: ['UPDATE_CURSOR', 'MOVE_CURSOR'],
};
