/** How a mode is written. Imports nothing: the command checks it without loading what sets a mode. */

/** `1920x1080` or `1920x1080@60`; `1920x1080i@60` is an interlaced one. */
export const modePattern = /^(\d{1,5})x(\d{1,5})(i?)(?:@(\d{1,3}(?:\.\d+)?))?$/;
export const modeAdvice = 'write WIDTHxHEIGHT or WIDTHxHEIGHT@HZ, e.g. 1920x1080@60';
