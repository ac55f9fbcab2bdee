/** How the checks of a probe end in the lab. */

/** All checks of a probe by root, without GL. */
export const allWell = {
  'system.machine': 'ok',
  'system.kernel': 'ok',
  'system.modules': 'ok',
  'nodes.device': ['ok', 'ok'],
  'virtio-gpu.blob': 'ok',
  'virtio-gpu.3d': 'ok',
  'virtio-gpu.parameters': 'ok',
  'virtio-gpu.debugfs': 'ok',
  'virtio-gpu.addresses': 'ok',
  'heads.connector': 'ok',
  'permissions.node': ['ok', 'ok', 'ok', 'ok'],
  'permissions.master': 'ok',
  'permissions.seat': 'ok',
  'libraries.libdrm': 'ok',
  'libraries.libgbm': 'ok',
  'libraries.egl': 'ok',
  'libraries.gles': 'ok',
  'libraries.libwayland-server': 'ok',
  'libraries.pixman': 'ok',
  'libraries.libinput': 'ok',
  'libraries.libxkbcommon': 'ok',
  'libraries.libseat': 'ok',
  'libraries.addon': 'ok',
  'udmabuf.node': 'ok',
  'udmabuf.limits': 'ok',
  'transfer.port': 'unknown',
  'gl.driver': 'unknown',
  'trials.allocate': 'ok',
  'trials.export': 'ok',
  'trials.import': 'ok',
  'trials.framebuffer': 'ok',
  'trials.commit': 'ok',
  'trials.rows': 'ok',
  'trials.placement': 'ok',
  'trials.udmabuf': 'ok',
  'trials.explicit-sync': 'ok',
  'trials.host': 'ok',
  'trials.paths': 'ok',
} as const;

/** What llvmpipe on vgem comes to, with a native fence (Mesa 25) and without. */
export function allDrawn(hasFence: boolean) {
  const fence = hasFence ? ('ok' as const) : ('no' as const);
  return {
    ...allWell,
    'gl.driver': 'ok',
    'gl.fence': fence,
    'gl.import': 'ok',
    'gl.formats': 'ok',
    'trials.draw': 'ok',
    'trials.fences': fence,
  } as const;
}

/** The same by a user who may open nothing; the virtio features are in sysfs for everyone. */
export const allClosed = {
  'nodes.device': ['unknown', 'unknown'],
  'virtio-gpu.parameters': 'unknown',
  'virtio-gpu.debugfs': 'unknown',
  'heads.connector': ['unknown', 'unknown'],
  'permissions.node': ['no', 'no', 'no', 'no'],
  'permissions.master': 'unknown',
  'udmabuf.node': 'no',
  'gl.driver': 'no',
  'trials.draw': 'unknown',
  'trials.fences': 'unknown',
  'trials.allocate': 'no',
  'trials.export': 'unknown',
  'trials.import': 'unknown',
  'trials.framebuffer': 'unknown',
  'trials.commit': 'unknown',
  'trials.udmabuf': 'no',
  'trials.explicit-sync': 'no',
  'trials.host': 'unknown',
  'trials.paths': 'no',
} as const;
