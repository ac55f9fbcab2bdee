import { FakeKernel } from '../../src/testing/index.js';
import { kmsNodeContract } from './kms-node.js';

kmsNodeContract('fake', () => {
  const kernel = new FakeKernel();
  const [display, render] = kernel.discover();
  return {
    kernel,
    display: display?.primary ?? '',
    render: render?.render ?? '',
    unplug: () => kernel.unplug(),
    close: () => kernel.close(),
  };
});
