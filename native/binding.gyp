{
  # `node-gyp rebuild -C native -- -Dsanitize=1` builds with ASan and UBSan. It overwrites the normal
  # build; test/addon/support/sanitized.ts shows how to build it in a folder of its own.
  # With -Dportable=1 the C++ library is linked in, so that the addon also runs where a distribution has an older one.
  'variables': { 'sanitize%': 0, 'portable%': 0 },
  'targets': [{
    'target_name': 'guesthead',
    # A unit includes all sources of its folder: nearly all of the time goes into headers, and so it is a quarter. The longest first.
    'sources': [
      'units/gl.cc',
      'units/wayland.cc',
      'units/drm.cc',
      'addon.cc',
      'units/core.cc',
      'units/dbus.cc',
      'units/dmabuf.cc',
      'units/input.cc',
      'units/paint.cc',
      'units/process.cc',
      'units/session.cc',
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
      # -Os: the package carries it, and what is hot in it is the kernel.
      ['portable==1', { 'cflags!': ['-O3'], 'cflags': ['-Os'], 'ldflags': ['-static-libstdc++', '-Wl,--exclude-libs,ALL', '-Wl,--gc-sections'] }],
      ['sanitize==1', {
        'cflags!': ['-O3', '-O2'],
        'cflags': [
          '-fsanitize=address,undefined', '-fno-sanitize-recover=undefined',
          '-O1', '-g1', '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls',
        ],
        'ldflags': ['-fsanitize=address,undefined'],
      }],
    ],
  }],
}
