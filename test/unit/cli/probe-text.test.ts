import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeReport } from '../../../src/cli/probe-text.js';
import { FakeBench, FakeNodes, gpu, probeOf, refusing, virtio } from '../probe/machines.js';

const tenDevices = [virtio, ...Array.from({ length: 9 }, (_, index) => gpu('xe', index + 1))];
/** Lines of a terminal as high as a screen of 1080 pixels, 16 each, less its bars. */
const screen = 65;

describe('a probe’s report for people', () => {
  it('fits on a screen: with nothing, with one device, with ten, and for a user who may open none', async () => {
    const bench = new FakeBench({ allocate: () => refusing('ERR_PERMISSION')('/dev/dri/card1') as never });
    const machines = [
      { devices: [] },
      { devices: [virtio] },
      { devices: tenDevices },
      { devices: tenDevices, open: refusing('ERR_PERMISSION'), bench },
    ];
    for (const machine of machines) {
      const lines = describeReport(await probeOf(machine), false).split('\n');
      assert.ok(lines.length <= screen, `${lines.length} lines:\n${lines.join('\n')}`);
      assert.match(lines.at(-1) ?? '', /^verdict: (ok|no|unknown): /);
    }
  });

  it('tells of the transfer where its port is there', async () => {
    assert.doesNotMatch(describeReport(await probeOf({ devices: [virtio] }), false), /^transfer$/m);
  });

  it('counts what it cuts short', async () => {
    const text = describeReport(await probeOf({ devices: tenDevices }), false);
    assert.match(text, /^ {2}… and 7 more device ok/m);
  });

  it('says why and what to do for what is not ok, each once', async () => {
    const text = describeReport(await probeOf({ devices: tenDevices, open: refusing('ERR_PERMISSION') }), false);
    assert.equal(text.match(/→ join the group$/gm)?.length, 1, text);
    assert.match(text, /^ {2}unknown device.*: virtio_gpu.*ERR_PERMISSION/m);
    assert.match(text, /^ +why: the display needs KMS/m);
    const good = describeReport(await probeOf({ nodes: new FakeNodes() }), false);
    assert.ok(!good.includes('why: the display needs KMS'), good);
  });

  it('puts the steps that were not tried in one line', async () => {
    const bench = new FakeBench({ allocate: () => refusing('ERR_PERMISSION')('/dev/dri/card1') as never });
    const text = describeReport(await probeOf({ bench }), false);
    assert.match(text, /^ {2}unknown export, import, framebuffer, commit: not tried: trials\.allocate failed$/m);
  });

  it('names a GPU’s driver, and in one line what it has', async () => {
    const text = describeReport(await probeOf({}), false);
    assert.match(
      text,
      /^gl\n {2}ok {6}driver \/dev\/dri\/renderD129: Mesa Intel.*\n {2}ok {6}fence, import, formats, robustness .*: native: .*; dma-bufs/m,
    );
  });

  it('has colours only where they are asked for', async () => {
    const report = await probeOf({});
    assert.ok(!describeReport(report, false).includes('\x1b'));
    assert.ok(describeReport(report, true).includes('\x1b[32mok     \x1b[0m'));
  });
});
