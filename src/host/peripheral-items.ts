/** What every guest has beside its display: a pointer, a network, a console. */
import { placed, type Item } from './item.js';
import type { HostMachine } from './machine.js';
import { xml } from './xml.js';

export function peripheralItems({ display }: HostMachine): Item[] {
  const tablet: Item = {
    arguments: ['-device', 'virtio-tablet-pci'],
    why: "A pointer with absolute coordinates. Without it the window has to grab the host's pointer.",
    libvirt: placed('devices', xml('input', { type: 'tablet', bus: 'virtio' })),
  };
  return [
    ...(display === 'none' ? [] : [tablet]),
    {
      arguments: ['-netdev', 'user,id=net0', '-device', 'virtio-net-pci,netdev=net0,romfile='],
      why: 'A network without privileges on the host. Without it the guest has none. It does not boot from it: romfile= is empty.',
      libvirt: placed(
        'devices',
        xml('interface', { type: 'user' }, xml('model', { type: 'virtio' }), xml('rom', { enabled: 'no' })),
      ),
    },
    {
      arguments: ['-serial', 'mon:stdio'],
      why: "The guest's serial console on this terminal (Ctrl-A C: QEMU's monitor). The display stays dark until the guest's virtio_gpu driver is up; without a console nothing says why it is not.",
      libvirt: placed('devices', xml('serial', { type: 'pty' })),
    },
  ];
}
