/** Asks the host for a capture of each head named, all at once, and prints the reports as JSON. */
import { askWitness } from '../../../src/lab/index.js';

const heads = process.argv.slice(2).map(Number);
console.log(JSON.stringify(await Promise.all(heads.map((head) => askWitness({ captures: 1, head })))));
