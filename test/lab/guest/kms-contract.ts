/** The contract of a KMS node on the real driver; its device is unbound in the end, and bound again. */
import { readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { selectDisplay, selectRender, systemKernel } from '../../../src/device/index.js';
import { kmsNodeContract } from '../../contract/kms-node.js';

const driver = '/sys/bus/virtio/drivers/virtio_gpu';

kmsNodeContract('virtio-gpu', () => {
  const devices = systemKernel.discover();
  const display = selectDisplay(devices, 'auto');
  const render = selectRender(devices, 'auto', display.device);
  const [name] = readdirSync(driver).filter((entry) => /^virtio\d+$/.test(entry));
  const device = basename(realpathSync(join(driver, name ?? '')));
  return {
    kernel: systemKernel,
    display: display.node,
    render: render.node,
    unplug: () => writeFileSync(join(driver, 'unbind'), device),
    close: () => writeFileSync(join(driver, 'bind'), device),
  };
});
