{
  # `node-gyp rebuild -C native -- -Dsanitize=1` builds with ASan and UBSan. It overwrites the normal
  # build; test/addon/support/sanitized.ts shows how to build it in a folder of its own.
  # With -Dportable=1 the C++ library is linked in, so that the addon also runs where a distribution has an older one.
  'variables': { 'sanitize%': 0, 'portable%': 0 },
  'targets': [{
    'target_name': 'guesthead',
    'sources': [
      'addon.cc',
      'core/arguments.cc',
      'core/callbacks.cc',
      'core/environment.cc',
      'core/errors.cc',
      'core/poller.cc',
      'core/threaded_call.cc',
      'core/watcher.cc',
      'dbus/library.cc',
      'dbus/peer.cc',
      'dbus/reading.cc',
      'dbus/writing.cc',
      'dmabuf/copy.cc',
      'dmabuf/fence_sampler.cc',
      'dmabuf/mapping.cc',
      'dmabuf/sync_file.cc',
      'dmabuf/udmabuf.cc',
      'drm/atomic.cc',
      'drm/device.cc',
      'drm/dirty_framebuffer.cc',
      'drm/request.cc',
      'drm/scanout.cc',
      'drm/scanout_events.cc',
      'drm/slot.cc',
      'drm/uevents.cc',
      'gl/binding.cc',
      'gl/context.cc',
      'gl/description.cc',
      'gl/display.cc',
      'gl/dmabuf_layout.cc',
      'gl/effect_program.cc',
      'gl/exit_guard.cc',
      'gl/functions.cc',
      'gl/gbm.cc',
      'gl/info.cc',
      'gl/painter.cc',
      'gl/placement.cc',
      'gl/program.cc',
      'gl/region.cc',
      'gl/renderer.cc',
      'gl/surface.cc',
      'gl/thread.cc',
      'process/datagram.cc',
      'process/duplicate.cc',
      'process/hypervisor.cc',
      'process/libraries.cc',
      'process/socket.cc',
    ],
    'include_dirs': ['.', '<!(node -p "require(\'node-addon-api\').include_dir")'],
    'defines': ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', '_FILE_OFFSET_BITS=64',
      # EGL's headers ask for those of X11 otherwise, on some systems.
      'EGL_NO_X11', 'MESA_EGL_NO_X11_HEADERS',
    ],
    'cflags': ['<!@(pkg-config --cflags libdrm egl glesv2)', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
    'cflags!': ['-Wno-unused-parameter', '-fno-omit-frame-pointer'],
    'cflags_cc!': ['-std=gnu++17', '-fno-exceptions', '-fno-rtti'],
    'cflags_cc': ['-std=c++17', '-fexceptions'],
    # nodelete: a thread left in a blocking call comes back to this code, though the worker that
    # loaded it has ended.
    'ldflags': ['-pthread', '-Wl,-z,nodelete'],
    'conditions': [
      # --exclude-libs: its symbols stay inside, apart from those of the C++ library that Node itself has loaded.
      # --gc-sections: what is never called must not ask for a newer C library (arc4random, for std::random_device).
      # libgcc stays outside: its static form asks for glibc 2.35, and Node itself brings the shared one.
      ['portable==1', { 'ldflags': ['-static-libstdc++', '-Wl,--exclude-libs,ALL', '-Wl,--gc-sections'] }],
      ['sanitize==1', {
        'cflags!': ['-O3', '-O2'],
        'cflags': [
          '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined',
          '-O1', '-g', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls',
        ],
        'ldflags': ['-fsanitize=address,undefined'],
      }],
    ],
  }],
}
