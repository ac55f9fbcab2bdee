/** The values that options choose from. Imports nothing: the command names them without loading what uses them. */
export const presentations = ['fifo', 'mailbox'] as const;
export const resizePolicies = ['follow', 'keep', 'stop'] as const;
export const presents = ['flip', 'dirtyfb'] as const;
export const drawErrorPolicies = ['end', 'skip'] as const;
/** `1920x1080` or `1920x1080@60`. */
export const modePattern = /^(\d{1,5})x(\d{1,5})(?:@(\d{1,3}(?:\.\d+)?))?$/;
export const modeAdvice = 'write WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, e.g. 1920x1080@60';
