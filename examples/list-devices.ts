/** Lists what DISCOVER sees: every DRM device, its nodes, and what it would do here. */
import { describeDevice, discover } from 'guesthead';

const devices = discover();
const display = devices.find(({ driver, primary }) => driver === 'virtio_gpu' && primary !== undefined);

for (const device of devices) {
  const role = device === display ? 'shows the pictures' : 'can allocate buffers for it';
  console.log(`${describeDevice(device)}: ${role}`);
}
if (devices.length === 0) console.log('No DRM device here. `npm start` runs guesthead in its lab.');
else if (display === undefined) console.log('No virtio-gpu here: nothing to show pictures on.');
