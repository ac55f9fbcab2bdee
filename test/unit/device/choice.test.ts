import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeChosen,
  selectDisplay,
  selectRender,
  type DrmDevice,
  type Selected,
} from '../../../src/device/index.js';

function display(number: number, connected?: boolean): DrmDevice {
  const nodes = { primary: `/dev/dri/card${number}`, render: undefined };
  const device = { driver: 'virtio_gpu', pci: `0000:00:0${number}.0`, ...nodes };
  return connected === undefined ? device : { ...device, connected };
}

function gpu(number: number, driver: string, pci: string | undefined): DrmDevice {
  return { driver, pci, primary: undefined, render: `/dev/dri/renderD${number}` };
}

const said = ({ chosen }: Selected) => (chosen === undefined ? undefined : describeChosen(chosen));
const why = (...displays: DrmDevice[]) => said(selectDisplay(displays, 'auto'));

describe('of several displays', () => {
  it('is said which was taken, why, and what names another', () => {
    assert.equal(
      why(display(2, false), display(3, true)),
      'of 2 displays the only one that has something connected; --display 0000:00:02.0 takes the other',
    );
    assert.equal(
      why(display(2, true), display(3, true), display(4, false)),
      'of 3 displays the first that has something connected; --display 0000:00:03.0, --display 0000:00:04.0 take another',
    );
    assert.match(why(display(2, false), display(3, false)) ?? '', /of 2 displays the first; /);
  });

  it('takes none without connectors, such as one for native contexts alone, before one that could show', () => {
    const { device, chosen } = selectDisplay([display(2), display(3, false)], 'auto');
    assert.equal(device.pci, '0000:00:03.0');
    assert.match(chosen?.why ?? '', /the only one that has a connector/);
  });

  it('is chosen alike, and said, where they are named by their driver', () => {
    const { device, chosen } = selectDisplay([display(2, false), display(3, true)], 'virtio-gpu');
    assert.deepEqual([device.pci, chosen?.why.includes('connected')], ['0000:00:03.0', true]);
  });

  it('nothing is said of one alone, or of one that is named', () => {
    assert.equal(why(display(2, false)), undefined);
    assert.equal(selectDisplay([display(2, true), display(3, true)], '0000:00:03.0').chosen, undefined);
  });
});

describe('of several GPUs', () => {
  it('is said which was taken, and what names another: its address, or its node where two have the same', () => {
    const gpus = [gpu(128, 'i915', '0000:00:05.0'), gpu(129, 'xe', '0000:00:06.0')];
    const chosen = (...devices: DrmDevice[]) => said(selectRender(devices, 'auto', display(2)));
    assert.equal(chosen(...gpus), 'of 2 GPUs the first; --render 0000:00:06.0 takes the other');
    const partitions = [gpu(128, 'amdgpu', '0000:00:05.0'), gpu(129, 'amdgpu', '0000:00:05.0')];
    assert.match(chosen(...partitions) ?? '', /--render \/dev\/dri\/renderD129/);
    assert.match(chosen(...gpus, gpu(130, 'panfrost', undefined)) ?? '', /--render \/dev\/dri\/renderD130/);
    assert.equal(
      chosen(gpu(128, 'xe', '0000:00:05.0'), gpu(129, 'vgem', undefined)),
      undefined,
      'a stand-in is no choice',
    );
  });
});
