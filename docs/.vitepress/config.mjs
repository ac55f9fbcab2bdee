/** The documentation site: `npm run docs` makes the API's pages first, then builds it into .lab/docs. */
import { defineConfig } from 'vitepress';

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: 'guesthead',
  description: "Gives a virtual machine's headless GPU a head",
  // So that the built site can be opened from any folder of a web server: GUESTHEAD_DOCS_BASE=/guesthead/ npm run docs.
  base: process.env.GUESTHEAD_DOCS_BASE ?? '/',
  outDir: '../.lab/docs',
  cacheDir: '../.lab/docs-cache',
  lastUpdated: false,
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [page('Start', '/start'), page('Troubleshooting', '/troubleshooting'), page('API', '/api/guesthead/')],
    sidebar: [
      {
        text: 'Begin',
        items: [page('Start', '/start'), page('The command', '/command'), page('The library', '/library')],
      },
      {
        text: 'Understand',
        items: [
          page('How a frame travels', '/frame'),
          page('Choose a buffer path', '/paths'),
          page('Fences and locks', '/fences'),
          page('What a frame costs', '/measurements'),
          page('guesthead as built', '/architecture'),
        ],
      },
      { text: 'Set up', items: [page('A host', '/host'), page('A guest', '/guest'), page('A service', '/service')] },
      {
        text: 'Work',
        items: [
          page('Troubleshooting by symptom', '/troubleshooting'),
          page('Test a kernel or a QEMU', '/kernel'),
          page('Draw with the GPU', '/drawing'),
          page('Run a kiosk', '/kiosk'),
          page('Write a compositor', '/compositor'),
          page('Test a program without devices', '/testing'),
          page('The transfer', '/transfer'),
          page('The transfer’s protocol', '/transfer-protocol'),
        ],
      },
      {
        text: 'API',
        items: [
          page('guesthead', '/api/guesthead/'),
          page('guesthead/testing', '/api/guesthead/testing/'),
          page('guesthead/transfer', '/api/guesthead/transfer/'),
          page('guesthead/kiosk', '/api/guesthead/kiosk/'),
          page('guesthead/wayland', '/api/guesthead/wayland/'),
        ],
      },
    ],
  },
});
