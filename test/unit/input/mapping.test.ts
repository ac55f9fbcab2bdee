import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mapDevices, parseGivenPlace, type GivenPlace } from '../../../src/input/mapping.js';

interface Device {
  readonly node: string;
  readonly name: string;
  readonly touch: boolean;
  readonly absolute: boolean;
  readonly path: string;
  readonly pciAddress: string | undefined;
}

/** In PCI slot `slot`; the higher its slot, the lower its node's number, for nodes come in no order. */
function device(slot: number, given: Partial<Device> = {}): Device {
  const pciAddress = `0000:00:${slot.toString(16).padStart(2, '0')}.0`;
  const path = `/sys/devices/pci0000:00/${pciAddress}/virtio1/input/input2`;
  return {
    node: `/dev/input/event${50 - slot}`,
    name: 'Tablet',
    touch: false,
    absolute: true,
    path,
    pciAddress,
    ...given,
  };
}

const heads = ['Virtual-1', 'Virtual-2', 'Virtual-3'];

function mapped(devices: readonly Device[], connectors: readonly string[], given?: readonly GivenPlace[]): unknown[] {
  const places = mapDevices(devices, connectors, given);
  return devices.map((one) => (places.has(one) ? (places.get(one) ?? 'nowhere') : 'not'));
}

describe('the head of a device', () => {
  it('is the sole one for all that tell places', () => {
    const devices = [device(9), device(3, { touch: true }), device(4, { absolute: false })];
    assert.deepEqual(mapped(devices, ['DP-1']), ['DP-1', 'DP-1', 'not']);
  });

  it('goes by the order of the buses, tablets and touchscreens apart', () => {
    const devices = [device(10), device(9), device(2, { touch: true }), device(1, { touch: true })];
    assert.deepEqual(mapped(devices, heads), ['Virtual-2', 'Virtual-1', 'Virtual-2', 'Virtual-1']);
  });

  it('counts ports as numbers', () => {
    const port = (number: number) => device(1, { path: `/sys/devices/pci0000:00/0000:00:01.0/usb1/1-${number}/input` });
    assert.deepEqual(mapped([port(10), port(9)], heads), ['Virtual-2', 'Virtual-1']);
  });

  it('is the first for those that are left over, and none where no head is on', () => {
    assert.deepEqual(mapped([device(1), device(2), device(3)], ['A', 'B']), ['A', 'B', 'A']);
    assert.deepEqual(mapped([device(1)], []), ['nowhere']);
  });

  it('is what the user says, by node, name or PCI address, with its domain or without', () => {
    const devices = [device(1), device(2), device(3), device(4, { name: 'Wacom One' })];
    const given = ['0000:00:01.0=C', '00:02.0=D', '/dev/input/event47=E', 'Wacom One=F'].map(parseGivenPlace);
    assert.deepEqual(mapped(devices, heads, given), ['C', 'D', 'E', 'F']);
  });

  it('leaves the others in their order where one has been given', () => {
    assert.deepEqual(mapped([device(1), device(2)], heads, [{ device: '00:01.0', connector: 'Virtual-3' }]), [
      'Virtual-3',
      'Virtual-2',
    ]);
  });

  it('is DEVICE=CONNECTOR, and a name may have an equals sign', () => {
    assert.deepEqual(parseGivenPlace('a=b=DP-1'), { device: 'a=b', connector: 'DP-1' });
    for (const text of ['', 'DP-1', '=DP-1', '00:01.0='])
      assert.throws(() => parseGivenPlace(text), { code: 'ERR_USAGE', advice: /PCI address/ });
  });
});
