/** Toolkits and a browser. */
import { click, keys, type RealClient } from './client.js';
import { another, filledWith } from './sight.js';

const [first, second] = [0x204060, 0x804020];
const page = `<body style="margin:0;background:#204060" onclick="document.body.style.background='#804020'">`;

export const toolkits: readonly RealClient[] = [
  {
    name: 'gtk4',
    packages: ['gtk-4-examples', 'adwaita-icon-theme', 'fonts-dejavu-core', 'dbus'],
    command: ['dbus-run-session', '--', 'gtk4-widget-factory'],
    env: { GSK_RENDERER: 'cairo', GTK_A11Y: 'none', GSETTINGS_BACKEND: 'memory', LC_ALL: 'C.UTF-8' },
    shows: filledWith(0xf6f5f4, 0.3),
    uses: { by: keys('f1'), shows: another(1000) },
    ends: { by: 'SIGTERM', status: 143 },
    seconds: 120,
  },
  {
    name: 'qt6',
    packages: [
      'qml-qt6',
      'qt6-wayland',
      'qml6-module-qtquick',
      'qml6-module-qtquick-window',
      'qml6-module-qtqml-workerscript',
    ],
    command: ['/usr/lib/qt6/bin/qml', 'test/clients/scene.qml'],
    env: { QT_QPA_PLATFORM: 'wayland', QT_QUICK_BACKEND: 'software', LC_ALL: 'C.UTF-8' },
    shows: filledWith(first, 0.95),
    uses: { by: click(), shows: filledWith(second, 0.95) },
    ends: { by: keys('esc'), status: 0 },
    seconds: 120,
  },
  {
    name: 'chromium',
    packages: ['chromium'],
    command: [
      ...['chromium', '--no-sandbox', '--disable-gpu', '--ozone-platform=wayland', '--no-first-run', '--kiosk'],
      ...[
        '--user-data-dir=/tmp/chromium-clients',
        '--disable-dev-shm-usage',
        // Its children end themselves where nobody has spoken to them for 15 seconds.
        '--ipc-connection-timeout=300',
        `data:text/html,${encodeURIComponent(page)}`,
      ],
    ],
    shows: filledWith(first, 0.95),
    uses: { by: click(), shows: filledWith(second, 0.95) },
    ends: { by: 'SIGTERM', status: 0 },
    harmless: [
      { says: /:ERROR:dbus\//, why: 'the lab has no bus, neither the system’s nor a session’s' },
      { says: /vkCreateInstance|VK_ERROR_INCOMPATIBLE_DRIVER|VulkanError\.cpp/, why: 'the lab has no Vulkan driver' },
      { says: /:ERROR:services\/on_device_model\//, why: 'it has no model of its own here' },
      {
        says: /^kiosk: A client has not (answered a ping|agreed to the size)/,
        why: 'emulated, it is busy with its start for longer than that',
      },
    ],
    seconds: 240,
  },
];
