/** The guest's real devices, moved, clicked and typed on by the host: QEMU, virtio_input, evdev, libinput, and our events. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Lab, type Job } from '../../src/lab/index.js';
import { lastJson, Lines, script } from '../support/lab.js';

interface Told {
  readonly kind: string;
  readonly [name: string]: unknown;
}

interface Ready extends Told {
  readonly devices: readonly { readonly name: string; readonly connector?: string; readonly pciAddress?: string }[];
}

const keyboardDriver = '/sys/bus/virtio/drivers/virtio_input';

let lab: Lab;
let job: Job;
const lines = new Lines();
let text = '';

before(async () => {
  lab = await Lab.boot({ input: true });
  const onStdout = (chunk: Buffer) => {
    text += chunk.toString();
    lines.push(chunk);
  };
  job = lab.start(script('test/lab/guest/input.ts'), { onStdout, onStderr: lines.push });
  job.done.then(lines.end, lines.end);
  await lines.until(/"ready".*\n/);
});
after(async () => {
  await lab.close();
});

/** What the guest's program has said, in its order. */
function told(): Told[] {
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return whole.split('\n').map((line) => JSON.parse(line) as Told);
}

/** All of a kind, without their times, which are no two boots' same. */
function of(...kinds: string[]): unknown[] {
  return told()
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ timeUs, ...rest }) => {
      assert.ok(Number(timeUs) > 0);
      return rest;
    });
}

async function sh(command: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['sh', '-c', command]);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

describe("the guest's input devices", () => {
  it('are there, each of them for the program alone, the tablet on the head', async () => {
    const { devices } = told().find(({ kind }) => kind === 'ready') as Ready;
    const tablet = devices.find(({ name }) => name === 'QEMU Virtio Tablet');
    assert.equal(tablet?.connector, 'Virtual-1');
    assert.match(tablet.pciAddress ?? '', /^0000:00:/);
    for (const name of ['QEMU Virtio Mouse', 'QEMU Virtio Keyboard'])
      assert.ok(
        devices.some((device) => device.name === name && device.connector === undefined),
        name,
      );
    const grab = lastJson<{ grabbed: string }>(await lab.run(script('test/lab/guest/grab.ts')));
    assert.deepEqual(grab, { grabbed: 'EBUSY' });
  });

  it("tell where the host points, and its head's button", async () => {
    const device = 'QEMU Virtio Tablet';
    await lab.input.moveTo(0.5, 0.25);
    await lab.input.button('left', true);
    await lab.input.button('left', false);
    await lines.until(/"button".*"pressed":false/);
    const [motion] = of('motion') as { x: number; y: number }[];
    assert.ok(Math.abs((motion?.x ?? 0) - 0.5) < 1e-4 && Math.abs((motion?.y ?? 0) - 0.25) < 1e-4);
    assert.deepEqual(of('button'), [
      { kind: 'button', device, button: 0x110, pressed: true },
      { kind: 'button', device, button: 0x110, pressed: false },
    ]);
  });

  it("tell a mouse's way as it is, and a wheel's clicks", async () => {
    await lab.input.moveBy(5, -3);
    await lab.input.button('wheel-down', true);
    await lab.input.button('wheel-down', false);
    await lines.until(/"axis"/);
    const [relative] = of('relative') as Told[];
    assert.deepEqual([relative?.['dxUnaccelerated'], relative?.['dyUnaccelerated']], [5, -3]);
    const [axis] = of('axis') as Told[];
    assert.deepEqual(axis, {
      ...{ kind: 'axis', device: 'QEMU Virtio Tablet', source: 'wheel' },
      vertical: { value: 15, v120: 120 },
    });
  });

  it('type, with the modifiers that the keymap has and the lamp that it lights', async () => {
    for (const [key, down] of [
      ['shift', true],
      ['a', true],
      ['a', false],
      ['shift', false],
      ['caps_lock', true],
      ['caps_lock', false],
    ] as const)
      await lab.input.key(key, down);
    await lines.until(/"key":58,"pressed":false.*\n.*modifiers.*\n/);
    const keys = (of('key') as { key: number; pressed: boolean }[]).map(({ key, pressed }) => [key, pressed]);
    assert.deepEqual(keys, [
      ...[
        [42, true],
        [30, true],
        [30, false],
        [42, false],
      ],
      ...[
        [58, true],
        [58, false],
      ],
    ]);
    const modifiers = told().filter(({ kind }) => kind === 'modifiers');
    assert.deepEqual(
      modifiers.map(({ depressed, locked, leds }) => [depressed, locked, leds]),
      [
        [1, 0, 0],
        [0, 0, 0],
        [2, 2, 2],
        [0, 2, 2],
      ],
    );
    assert.match(await sh('cat /sys/class/leds/*::capslock/brightness'), /^[1\n]+$/);
  });

  it('go with what they hold released, and come back', async () => {
    const virtio = await sh(
      "basename $(dirname $(dirname $(grep -l 'Virtio Keyboard' /sys/class/input/input*/name | xargs dirname | xargs readlink -f)))",
    );
    await lab.input.key('b', true);
    await lines.until(/"key":48,"pressed":true/);
    await sh(`echo ${virtio} > ${keyboardDriver}/unbind`);
    await lines.until(/"added":false.*\n/);
    const [release, gone] = told().slice(-2);
    assert.deepEqual([release?.['key'], release?.['pressed']], [48, false]);
    assert.deepEqual([gone?.kind, gone?.['added']], ['device', false]);
    await sh(`echo ${virtio} > ${keyboardDriver}/bind`);
    await lines.until(/"added":false(.*\n)+.*"added":true/);
    await lab.input.key('c', true);
    await lines.until(/"key":46,"pressed":true/);
  });

  it('are given back: no record of udev is left, nothing failed', async () => {
    job.input(Buffer.alloc(0));
    assert.deepEqual(await job.done, { status: 0, signal: null });
    assert.equal(await sh('ls /run/udev/data'), '');
    assert.deepEqual(of('fault'), []);
  });
});
