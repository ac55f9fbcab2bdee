/** The examples that the render GPU draws for, in one guest whose second virtio-gpu can be lost as the one that draws. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import { HostPicture, interrupt, shown, untilMoreFlips, untilShown } from '../support/examples.js';
import { script, startWatched } from '../support/lab.js';

const size = { width: 640, height: 480 };

const quarters = '.lab/quarters.png';
/** Red, green, blue and alpha. */
const colours = [
  [0xc0, 0x30, 0x30, 0xff],
  [0x30, 0xc0, 0x30, 0xff],
  [0x30, 0x30, 0xc0, 0xff],
  [0xff, 0xff, 0xff, 0x80],
];

/** 64×64 pixels, each quarter of another colour, the last of which is half transparent. */
function quartersPng(): Buffer {
  const png = new PNG({ width: 64, height: 64 });
  for (let at = 0; at < 64 * 64; at++) {
    const [right, down] = [at % 64 >= 32, at >= 64 * 32];
    png.data.set(colours[Number(right) + 2 * Number(down)]!, at * 4);
  }
  return PNG.sync.write(png);
}

let lab: Lab;
before(async () => {
  mkdirSync(join(packageRoot, '.lab'), { recursive: true });
  writeFileSync(join(packageRoot, quarters), quartersPng());
  lab = await Lab.boot({ size, renderGpu: true });
});
after(async () => {
  await lab.close();
});

let running: ReturnType<typeof startWatched> | undefined;
afterEach(async () => {
  running?.job.kill('SIGKILL'); // where a test failed in between
  await running?.job.done;
  running = undefined;
});

function start(example: string, ...words: string[]): ReturnType<typeof startWatched> {
  return (running = startWatched(lab, script(`examples/${example}.ts`, ...words)));
}

async function shell(line: string): Promise<string> {
  const { stdout, stderr, status } = await lab.run(['timeout', '60', 'sh', '-c', line]);
  assert.equal(status, 0, `${line}: ${stderr}`);
  return stdout.trim();
}

describe('examples/image-viewer.ts', () => {
  it('fits a PNG into the head, zooms on a key, follows a resize, and gives the screen back', async () => {
    const watched = start('image-viewer', quarters);
    const press = (keys: string) => {
      watched.job.input(Buffer.from(keys));
    };
    const points = (places: readonly (readonly [x: number, y: number])[]) => (picture: HostPicture) =>
      places.map(([x, y]) => picture.at(x, y));
    const seen = points([
      [60, 200],
      [240, 120],
      [440, 120],
      [200, 360],
      [440, 360],
    ]);
    const fitted = ['1a1a1a', 'c03030', '30c030', '3030c0', '8d8d8d']; // beside it is the ground, on which the last one's white is half
    await watched.lines.until(/64x64 on Virtual-\d+, drawn by llvmpipe/);
    await untilShown(lab, seen, fitted);
    press('+');
    await untilShown(lab, seen, ['c03030', ...fitted.slice(1)]);
    press('0');
    await untilShown(lab, seen, fitted);
    press('ll');
    await untilShown(lab, seen, ['c03030', '30c030', ...fitted.slice(2)]);
    await lab.resize(0, { width: 800, height: 600 });
    await untilShown(
      lab,
      points([
        [60, 200],
        [780, 500],
      ]),
      ['c03030', '1a1a1a'],
    );
    press('q');
    assert.deepEqual(await watched.job.done, { status: 0, signal: null });
    assert.deepEqual(await shown(lab), []);
    await lab.resize(0, size);
  });
});

describe('examples/shadertoy.ts', () => {
  const file = '/tmp/live.frag';
  /** As an editor does: another file in the place of the old one. */
  const save = (source: string) => shell(`printf '%s' '${source}' > ${file}~ && mv ${file}~ ${file}`);
  const plain = (red: string, more = '') =>
    `void mainImage(out vec4 colour, in vec2 at) {\n  colour = vec4(${red}, 0.0, 0.0, 1.0);\n${more}}\n`;
  const middle = (picture: HostPicture) => picture.at(320, 240);

  it('compiles a file anew when it is saved, names the lines of faults and shows on what compiled last', async () => {
    await save(plain('1.0'));
    const watched = start('shadertoy', file);
    await watched.lines.until(/^showing \/tmp\/live\.frag$/m);
    await untilShown(lab, middle, 'ff0000');
    await save(plain('0.5', '  nonsense;\n'));
    await watched.lines.until(/^The shader does not compile: \/tmp\/live\.frag:3:\d+: error: .*nonsense/m);
    await watched.lines.until(/does not compile[^]*^[1-9][\d.]* frames per second$/m);
    assert.equal(middle(await HostPicture.take(lab)), 'ff0000');
    await save(plain('0.2'));
    await untilShown(lab, middle, '330000');
    await shell(`cat examples/shaders/waves.frag > ${file}`); // and one that writes into it
    await untilShown(lab, (picture) => picture.colours.length > 100, true);
    watched.job.kill('SIGINT');
    assert.deepEqual(await watched.job.done, { status: 0, signal: null });
    assert.deepEqual(await shown(lab), []);
  });
});

describe('examples/dashboard.ts', () => {
  interface Summary {
    readonly frames: number;
    readonly size: string;
    readonly uploadedPixels: number;
  }

  it('draws charts that move, of which each frame uploads what is new', async () => {
    const watched = start('dashboard');
    await watched.lines.until(/^charts on Virtual-\d+, drawn by llvmpipe/m);
    await untilShown(lab, (picture) => [picture.at(4, 4), picture.at(18, 18), picture.at(330, 250)], [
      '0c121c', // the ground
      '182230', // the first panel's corner, and the last one's
      '182230',
    ]);
    const first = await HostPicture.take(lab);
    await untilShown(lab, (picture) => picture.equals(first), false);
    const { frames, size: drawn, uploadedPixels } = await interrupt<Summary>(watched, /^\{"frames".*\}$/m);
    assert.equal(drawn, '640x480');
    const whole = size.width * size.height;
    assert.ok(uploadedPixels - whole < 0.05 * frames * whole, `${uploadedPixels} pixels in ${frames} frames`);
    assert.deepEqual(await shown(lab), []);
  });
});

describe('examples/multi-gpu-client.ts', () => {
  /** Nothing is drawn meanwhile: where its device goes under a drawing, llvmpipe of Mesa 22.3 ends the process by SIGSEGV. */
  it('draws on when the render GPU was unbound and bound again: with GL opened anew', async () => {
    const found = await shell(
      'for d in /sys/bus/virtio/drivers/virtio_gpu/virtio*; do basename $(dirname $(readlink -f $d)); done | sort',
    );
    const [display = '', render = ''] = found.split('\n');
    const watched = start('multi-gpu-client', render, display);
    await untilMoreFlips(watched.lines, '^flipping$');
    await lab.unplug(0);
    await watched.lines.until(/^ERR_NO_CONNECTOR/m);
    const name = await shell(`ls /sys/bus/pci/devices/${render} | grep -o "virtio[0-9]*"`);
    await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/unbind`);
    await watched.lines.until(/^lost: the render device$/m);
    await shell(`echo ${name} > /sys/bus/virtio/drivers/virtio_gpu/bind`);
    await watched.lines.until(/^lost: the render device$[^]*^back$/m);
    await lab.resize(0, size);
    await untilMoreFlips(watched.lines, '^lost: the render device$[^]*^back$');
    const { faults } = await interrupt<{ faults: string[] }>(watched, /^\{"flips".*\}$/m);
    assert.deepEqual(faults, ['ERR_NO_CONNECTOR', 'ERR_DEVICE_LOST']);
  });
});
