/** Flips until an error that nobody catches. */
import { openHead } from '../../../src/head/index.js';

const head = await openHead();
let flips = 0;
head
  .flips(() => undefined)
  .subscribe(() => {
    if (++flips !== 20) return;
    console.log('flipping');
    setImmediate(() => {
      throw new Error('out of luck');
    });
  });
