/** What the C compiler says of structs and constants, from the installed headers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Layout } from '../../../src/ffi/structs.js';

/** Undefined where a C program can be built, otherwise why not. */
export function missingTools(): string | undefined {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' });
    pkgConfig();
    return undefined;
  } catch {
    return 'needs gcc, pkg-config, libdrm-dev and libgbm-dev';
  }
}

function pkgConfig(): string[] {
  const words = execFileSync('pkg-config', ['--cflags', '--libs', 'libdrm', 'gbm'], { encoding: 'utf8' });
  return words.trim().split(/\s+/);
}

/**
 * Interfaces younger than Debian 12's headers, after the kernel's include/uapi/drm; of virtio-gpu, libdrm has only the oldest parameters.
 * With newer headers the compiler's own values are compared.
 */
const newer = `
#ifndef DRM_IOCTL_MODE_CLOSEFB
struct drm_mode_closefb { __u32 fb_id; __u32 pad; };
#define DRM_IOCTL_MODE_CLOSEFB DRM_IOWR(0xD0, struct drm_mode_closefb)
#endif
#ifndef DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP
#define DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP 0x15
#endif
#ifndef DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT
#define DRM_CLIENT_CAP_CURSOR_PLANE_HOTSPOT 6
#endif
#ifndef VIRTGPU_PARAM_RESOURCE_BLOB
#define VIRTGPU_PARAM_RESOURCE_BLOB 3
#endif
#ifndef VIRTGPU_PARAM_HOST_VISIBLE
#define VIRTGPU_PARAM_HOST_VISIBLE 4
#endif
#ifndef VIRTGPU_PARAM_CROSS_DEVICE
#define VIRTGPU_PARAM_CROSS_DEVICE 5
#endif
#ifndef VIRTGPU_PARAM_CONTEXT_INIT
#define VIRTGPU_PARAM_CONTEXT_INIT 6
#endif
#ifndef VIRTGPU_PARAM_SUPPORTED_CAPSET_IDs
#define VIRTGPU_PARAM_SUPPORTED_CAPSET_IDs 7
#endif
#ifndef VIRTGPU_PARAM_EXPLICIT_DEBUG_NAME
#define VIRTGPU_PARAM_EXPLICIT_DEBUG_NAME 8
#endif
#ifndef VIRTGPU_PARAM_BLOB_ALIGNMENT
#define VIRTGPU_PARAM_BLOB_ALIGNMENT 9
#endif
`;

const headers = [
  'stddef.h',
  'stdio.h',
  'fcntl.h',
  'xf86drm.h',
  'xf86drmMode.h',
  'drm_fourcc.h',
  'virtgpu_drm.h',
  'gbm.h',
];

/** Compiles and runs a program with the given statements in `main`; returns the lines it prints. */
export function runC(statements: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'guesthead-layout-'));
  try {
    const includes = headers.map((header) => `#include <${header}>`).join('\n');
    const source = `${includes}\n${newer}\nint main(void) {\n${statements.join('\n')}\nreturn 0;\n}\n`;
    writeFileSync(join(folder, 'ask.c'), source);
    const options = ['-std=gnu11', '-Wall', '-Werror', '-o', join(folder, 'ask'), join(folder, 'ask.c')];
    execFileSync('gcc', [...options, ...pkgConfig()], { stdio: ['ignore', 'ignore', 'pipe'] });
    return execFileSync(join(folder, 'ask'), { encoding: 'utf8' }).trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The layouts of the same structs and fields as the compiler has them. */
export function compiledLayouts(structs: Readonly<Record<string, Layout>>): Record<string, Layout> {
  const expressions = Object.entries(structs).flatMap(([name, { fields }]) => [
    `sizeof(${cType(name)})`,
    ...Object.keys(fields).map((field) => `offsetof(${cType(name)}, ${field})`),
  ]);
  const values = evaluate(expressions).map(Number);
  const next = () => values.shift() ?? NaN;
  const layouts = Object.entries(structs).map(([name, { fields }]): [string, Layout] => {
    const size = next();
    return [name, { size, fields: Object.fromEntries(Object.keys(fields).map((field) => [field, next()])) }];
  });
  return Object.fromEntries(layouts);
}

/** The kernel's and GBM's structs have tags, libdrm's are typedefs. */
function cType(name: string): string {
  return name.includes('_') ? `struct ${name}` : name;
}

/** Values of unsigned C expressions. */
export function evaluate(expressions: readonly string[]): bigint[] {
  const lines = runC(expressions.map((expression) => `printf("%llu\\n", (unsigned long long)(${expression}));`));
  return lines.map((line) => BigInt(line));
}
