/** Prints whether another process may have an input device for itself: `none`, or the errno's name. */
import { openInput } from '../../../src/input/index.js';
import { loadNative } from '../../../src/native/index.js';
import { errnoName, errnoOf } from '../../../src/errors.js';

const grabbed = new Set<string>();
const input = openInput({
  addon: loadNative(),
  onEvent: () => grabbed.add('none'),
  onFault: (error) => grabbed.add(errnoName(errnoOf(error) ?? 0)),
});
input.close();
console.log(JSON.stringify({ grabbed: [...grabbed].join() }));
