/** The values that options choose from. Imports nothing: the command names them without loading what uses them. */
export const presentModes = ['fifo', 'mailbox'] as const;
export const resizePolicies = ['follow', 'keep', 'stop'] as const;
export const updates = ['flip', 'dirtyfb'] as const;
export const drawErrorPolicies = ['end', 'skip'] as const;
