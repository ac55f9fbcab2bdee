/** The values that options choose from. Imports nothing: the command names them without loading what uses them. */
export const presentations = ['fifo', 'mailbox'] as const;
export const resizePolicies = ['follow', 'keep', 'stop'] as const;
export const presents = ['flip', 'dirtyfb'] as const;
export const drawErrorPolicies = ['end', 'skip'] as const;
