export type { Job, JobOptions, JobResult } from './agent.js';
export { configFragment } from './kernel/options.js';
export { Lab } from './lab.js';
export type { LabOptions } from './lab.js';
export type { MachineOptions, Size } from './machine.js';
export { setUpLab } from './setup.js';
export { shellQuote } from './shell.js';
export { askWitness } from './witness.js';
export type { WitnessReport, WitnessRequest } from './witness.js';
