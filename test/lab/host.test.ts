/** What `guesthead host qemu` prints is given to the installed QEMU, and QEMU is asked what it made of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Qmp } from '../../src/qmp/index.js';
import { described, host, withQemu, withStarted } from '../support/host-command.js';

const folder = mkdtempSync(join(tmpdir(), 'host-test-'));
const gpu = '/machine/peripheral/gpu0';

after(() => {
  rmSync(folder, { recursive: true });
});

describe('the machine of guesthead host qemu', () => {
  it('is what was asked for, as QEMU tells', async () => {
    const wishes = ['--display', 'none', '--memory', '640M', '--heads', '3', '--size', '2560x1440', '--cpus', '3'];
    const { version, accelerator, notes } = await described(...wishes);
    await withStarted(folder, [...wishes, '--name', 'one.machine'], async (qmp) => {
      const { qemu } = (await qmp.execute('query-version')) as { qemu: Record<string, number> };
      assert.equal(version, `${qemu['major']}.${qemu['minor']}.${qemu['micro']}`);
      assert.deepEqual(await properties(qmp, gpu, 'blob', 'max_outputs', 'xres', 'yres'), [true, 3, 2560, 1440]);
      assert.equal(await property(qmp, gpu, 'type'), 'virtio-gpu-pci');

      const [memory, ...others] = (await qmp.execute('query-memdev')) as Record<string, unknown>[];
      assert.deepEqual([memory?.['id'], memory?.['size'], memory?.['share']], ['mem', 640 * 2 ** 20, true]);
      assert.deepEqual(others, []);
      assert.deepEqual(await properties(qmp, '/objects/mem', 'type', 'seal'), ['memory-backend-memfd', true]);
      assert.match(String(await property(qmp, '/machine', 'memory-backend')), /(^|\/)mem$/);
      assert.match(String(await property(qmp, '/machine', 'type')), /q35/);

      const { enabled } = (await qmp.execute('query-kvm')) as { enabled: boolean };
      assert.equal(enabled ? 'kvm' : 'tcg', accelerator);
      assert.equal(
        notes.some((note) => note.includes('emulated')),
        !enabled,
      );
      assert.equal(((await qmp.execute('query-cpus-fast')) as unknown[]).length, 3);
      assert.deepEqual(await qmp.execute('query-name'), { name: 'one.machine' });
      assert.equal(((await qmp.execute('query-display-options')) as { type: string }).type, 'none');
      assert.equal(((await qmp.execute('query-status')) as { status: string }).status, 'prelaunch');
    });
  });

  it('boots the files named, whatever is in their names', async () => {
    const disk = join(folder, "it's a, disk");
    const kernel = join(folder, 'my kernel');
    writeFileSync(disk, Buffer.alloc(2 ** 20));
    writeFileSync(kernel, ''); // QEMU reads it when it starts, so that this one is refused
    const words = ['--display', 'none', '--memory', '512M', '--disk', disk];
    await withStarted(folder, words, async (qmp) => {
      const [block] = (await qmp.execute('query-block')) as { inserted?: { file: string; drv: string } }[];
      assert.deepEqual([block?.inserted?.file, block?.inserted?.drv], [disk, 'raw']);
    });
    const { stdout } = await host('qemu', ...words, '--kernel', kernel, '--append', 'root=/dev/vda "quiet"');
    await withQemu(folder, stdout.trim(), ({ refusal }) => {
      assert.ok(refusal?.includes(kernel), `it should name the kernel: ${refusal}`);
    });
  });

  it('serves a viewer elsewhere on the loopback address only', async () => {
    const port = await freePort();
    const { stdout } = await host('qemu', '--display', 'spice', '--spice-port', String(port), '--memory', '512M');
    await withQemu(folder, stdout.trim(), async ({ qmp, refusal }) => {
      if (qmp === undefined) {
        blamesTheMachine(refusal);
        return;
      }
      const spice = (await qmp.execute('query-spice')) as Record<string, unknown>;
      assert.deepEqual([spice['enabled'], spice['host'], spice['port']], [true, '127.0.0.1', port]);
    });
  });

  for (const [display, mode] of [
    ['gtk', 'gtk'],
    ['dbus', 'dbus'],
    ['spice', undefined],
  ] as const)
    it(`with --display ${display} has GL, or fails for want of what this host has not`, async () => {
      const { stdout } = await host('qemu', '--display', display, '--memory', '512M');
      assert.match(stdout, /gl=on/);
      await withQemu(folder, stdout.trim(), async ({ qmp, refusal }) => {
        if (qmp === undefined) {
          blamesTheMachine(refusal);
          return;
        }
        const options = (await qmp.execute('query-display-options')) as { type: string; gl?: string };
        if (mode !== undefined) assert.deepEqual([options.type, options.gl], [mode, 'on']);
      });
    });

  it('with a GPU to pass through is refused only because there is none at that address', async () => {
    const line = (await host('qemu', '--display', 'none', '--memory', '512M', '--vfio', 'ff:1f.7')).stdout.trim();
    await withQemu(folder, line, ({ refusal }) => {
      blamesTheMachine(refusal);
      assert.match(refusal ?? '', /0000:ff:1f\.7/);
    });
    await withQemu(folder, line.replace('host=', 'hots='), ({ refusal }) => {
      assert.throws(() => {
        blamesTheMachine(refusal);
      }, 'a property that QEMU does not know must not pass for a missing device');
    });
  });

  it('asks of each device only for properties that this QEMU lists', async () => {
    const { arguments: words } = await described('--vfio', '01:00.0', '--display', 'gtk', '--accel', 'tcg');
    const devices = words.filter((_, index) => words[index - 1] === '-device').map((value) => value.split(','));
    assert.ok(devices.length >= 4);
    await withStarted(folder, ['--display', 'none', '--memory', '512M'], async (qmp) => {
      for (const [type, ...settings] of devices) {
        const listed = (await qmp.execute('device-list-properties', { typename: type })) as { name: string }[];
        const names = ['id', 'bus', ...listed.map(({ name }) => name)];
        for (const setting of settings) assert.ok(names.includes(setting.replace(/=.*/, '')), `${type}: ${setting}`);
      }
    });
  });

  it('is the same in the plain line, the explanation and the JSON', async () => {
    const words = ['--vfio', '01:00.0', '--disk', '/nowhere.qcow2', '--accel', 'kvm'];
    const [{ stdout: explained }, { stdout: plain }, json] = await Promise.all([
      host('qemu', '--explain', ...words),
      host('qemu', ...words),
      described(...words),
    ]);
    assert.equal(json.accelerator, 'kvm');
    assert.deepEqual(
      plain
        .replaceAll(/\s*\\?\n\s*/g, ' ')
        .trim()
        .split(' ')
        .slice(1),
      json.arguments,
    );
    const unwrapped = explained.replaceAll(/\n {4}/g, ' ');
    for (const item of json.items) {
      assert.ok(item.why.length > 20);
      assert.ok(unwrapped.includes(`${item.arguments.join(' ')} ${item.why}\n`), item.why);
    }
  });
});

async function property(qmp: Qmp, path: string, name: string): Promise<unknown> {
  return qmp.execute('qom-get', { path, property: name });
}

async function properties(qmp: Qmp, path: string, ...names: string[]): Promise<unknown[]> {
  return Promise.all(names.map((name) => property(qmp, path, name)));
}

/** The options were all taken; what is missing is a GPU, a window system, a bus, a module. */
function blamesTheMachine(refusal: string | undefined): void {
  assert.doesNotMatch(refusal ?? '', /[Pp]roperty|[Pp]arameter|invalid option|[Uu]nknown/);
  assert.match(
    refusal ?? '',
    /render ?node|is not available|DBus|D-Bus|DISPLAY|gtk initialization|OpenGL|EGL|no such host device/i,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
