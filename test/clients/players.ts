/** Terminals, games and films. */
import { click, keys, type RealClient } from './client.js';
import { another, filledWith } from './sight.js';

const [first, second] = [0x204060, 0x804020];
const hex = (colour: number) => colour.toString(16).padStart(6, '0');
const film = (colour: number) => `av://lavfi:color=c=0x${hex(colour)}:s=640x360:r=5`;

export const players: readonly RealClient[] = [
  {
    name: 'foot',
    packages: ['foot', 'fonts-dejavu-core'],
    command: [
      ...['foot', '-o', `colors.background=${hex(first)}`, '-e', 'sh', '-c'],
      `read line; printf "\\033]11;#${hex(second)}\\007"; read line; exit 7`,
    ],
    env: { LC_ALL: 'C.UTF-8' },
    shows: filledWith(first, 0.95),
    uses: { by: keys('ret'), shows: filledWith(second, 0.95) },
    ends: { by: keys('ret'), status: 7 },
    seconds: 30,
  },
  {
    name: 'sdl2',
    packages: ['libsdl2-tests'],
    command: ['/usr/libexec/installed-tests/SDL2/checkkeys'],
    env: { SDL_VIDEODRIVER: 'wayland' },
    shows: filledWith(0, 0.9),
    uses: { by: keys('a'), shows: another(20) },
    ends: { by: 'SIGTERM', status: 0 },
    seconds: 30,
  },
  {
    name: 'mpv',
    packages: ['mpv'],
    command: [
      ...['mpv', '--no-config', '--vo=wlshm', '--no-audio', '--no-osc', '--quiet', '--loop-file=inf'],
      // Told its size before it has one, 0.35 takes it for no news.
      ...['--geometry=100%x100%', '--input-conf=test/clients/mpv.conf', film(first), film(second)],
    ],
    shows: filledWith(first, 0.95, 2),
    uses: { by: click(), shows: filledWith(second, 0.95, 2) },
    ends: { by: keys('q'), status: 0 },
    seconds: 60,
  },
  {
    name: 'waylandsink',
    packages: ['gstreamer1.0-plugins-bad', 'gstreamer1.0-tools', 'gstreamer1.0-plugins-base'],
    command: [
      ...['gst-launch-1.0', '-e', 'videotestsrc', 'pattern=solid-color', `foreground-color=0xff${hex(first)}`, '!'],
      ...['video/x-raw,format=BGRx,width=1280,height=720', '!', 'waylandsink'],
    ],
    shows: filledWith(first, 0.95),
    uses: 'it hears of no device',
    ends: { by: 'SIGTERM', status: 143 },
    seconds: 60,
  },
];
