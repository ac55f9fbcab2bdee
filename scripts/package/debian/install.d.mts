/** Whether the Debian package for this architecture does without a file, by its path. */
export function isLeftOut(path: string, arch: string): boolean;
