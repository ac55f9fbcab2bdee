/** What the transfer needs of the machine: the port to the guest's producer, and a monitor for the broker. */
import { optionValue, placed, type Item } from './item.js';
import type { HostMachine } from './machine.js';
import { xml } from './xml.js';

/** By which the guest finds the port. */
const portName = 'org.guesthead.transfer.0';
/** The device by which QEMU tells of the port; libvirt takes a name of the user's only with its prefix. */
const deviceId = 'transfer0';
const libvirtId = `ua-${deviceId}`;

export function transferItems({ transfer, transferSocket, qmpSocket }: HostMachine): Item[] {
  if (!transfer) return [];
  return [
    {
      arguments: [
        ...['-device', 'virtio-serial-pci'],
        ...['-chardev', `socket,id=transfer,path=${optionValue(transferSocket)},server=on,wait=off`],
        ...['-device', `virtserialport,chardev=transfer,name=${portName},id=${deviceId}`],
      ],
      why: "The port by which guesthead share, or a program of the guest's, tells the broker of its buffers; the guest finds it by this name. Without it nothing can be handed to a program of the host.",
      libvirt: placed(
        'devices',
        xml(
          'channel',
          { type: 'unix' },
          xml('source', { mode: 'bind', path: transferSocket }),
          xml('target', { type: 'virtio', name: portName }),
          xml('alias', { name: libvirtId }),
        ),
      ),
    },
    {
      arguments: ['-qmp', `unix:${optionValue(qmpSocket)},server=on,wait=off`],
      why: "A monitor for the broker, which learns from it where the guest's memory lies, and when the guest restarts or moves. QEMU serves one client of a socket at a time: nobody else may use this one.",
      libvirt: undefined, // its own monitor is its own alone
    },
  ];
}

/** The host's half, a sentence each. */
export function transferNotes({ transfer, transferSocket, qmpSocket }: HostMachine): string[] {
  if (!transfer) return [];
  return [
    `The broker, as the user that QEMU runs as: guesthead host broker --qmp ${qmpSocket} --port ${transferSocket} --listen SOCKET`,
  ];
}

export function libvirtTransferNotes({ transfer }: HostMachine): string[] {
  if (!transfer) return [];
  return [`The broker of this domain runs as libvirt's QEMU does, or as root, and with --device ${libvirtId}.`];
}
