/** How the host shows the heads: the UI's options. */
import { optionValue, placed, type Item } from './item.js';
import type { HostMachine } from './machine.js';
import type { Qemu } from './qemu.js';
import { xml } from './xml.js';

/** What a viewer elsewhere gets a second; QEMU's own limit is 30, half of what the guest may flip. */
const remoteFrames = 60;

export function displayItems(machine: HostMachine, qemu: Qemu | undefined): Item[] {
  switch (machine.display) {
    case 'gtk':
      return [gtkItem];
    case 'dbus':
      return [dbusItem(machine.displaySocket)];
    case 'none':
      return [noneItem];
    case 'spice':
      return machine.spicePort === undefined
        ? [localSpiceItem(machine.spiceSocket)]
        : remoteSpiceItems(machine.spicePort, qemu);
  }
}

const gtkItem: Item = {
  arguments: ['-display', 'gtk,gl=on'],
  why: "A window for each head (menu View). With gl=on the host's GPU imports each buffer and the guest's flush fence waits for it; without it QEMU copies each frame and frees the buffer at once, so that a frame can tear.",
  libvirt: undefined,
  environment: ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR'],
};

function dbusItem(socket: string): Item {
  return {
    arguments: ['-display', 'dbus,p2p=on,gl=on', '-qmp', `unix:${optionValue(socket)},server=on,wait=off`],
    why: `Hands each buffer as a dma-buf to a listener that joins over QMP (guesthead host watch --qmp ${socket}), whose reply is the release of the buffer; p2p=on: without a message bus. Without gl=on it gets copies. A listener that does not answer within a second is passed over.`,
    libvirt: placed('devices', xml('graphics', { type: 'dbus' }, xml('gl', { enable: 'yes' }))),
  };
}

const noneItem: Item = {
  arguments: ['-display', 'none'],
  why: 'No window: QMP screendump shows the first head, and nothing paces the guest but its own timer. Without it QEMU looks for a window system.',
  libvirt: [],
};

function localSpiceItem(socket: string): Item {
  return {
    arguments: ['-spice', `unix=on,addr=${optionValue(socket)},disable-ticketing=on,gl=on`],
    why: `Spice on a socket that only this user may open (remote-viewer spice+unix://${socket}); with gl=on the viewer gets the buffers themselves, without it copies. Without ticketing the socket's permissions are the only guard.`,
    libvirt: placed(
      'devices',
      xml('graphics', { type: 'spice' }, xml('listen', { type: 'none' }), xml('gl', { enable: 'yes' })),
    ),
  };
}

function remoteSpiceItems(port: number, qemu: Qemu | undefined): Item[] {
  const listen = xml('listen', { type: 'address', address: '127.0.0.1' });
  const server: Item = {
    arguments: ['-spice', `port=${port},addr=127.0.0.1,disable-ticketing=on`],
    why: 'Spice on the loopback address, to be reached through a tunnel (ssh -L): it asks for no password. On another address anyone could sit down at the guest.',
    libvirt: placed('devices', xml('graphics', { type: 'spice', port: String(port), autoport: 'no' }, listen)),
  };
  return qemu?.streamsGl === true ? [server, encoderItem(qemu)] : [server];
}

/** By whichever name and form this QEMU has for the encoder: the first is upstream's, the others of the series before it. */
const encoderOptions = ['video-codec=h264', 'video-codecs=gstreamer:h264', 'preferred-codec=gstreamer:h264'];

function encoderItem({ spiceOptions }: Qemu): Item {
  const isKnown = (option: string) => spiceOptions.includes(option.replace(/=.*/, ''));
  const rate = [`max-refresh-rate=${remoteFrames}`].filter(isKnown);
  return {
    arguments: ['-spice', ['gl=on', ...encoderOptions.filter(isKnown).slice(0, 1), ...rate].join(',')],
    why: "The host's GPU takes the buffer and GStreamer encodes it as H.264, on its encoder where it has one. Without it each frame is copied and compressed by the CPU.",
    libvirt: undefined, // its <gl> is for local viewers; QEMU joins this option with the one of <graphics>
  };
}
