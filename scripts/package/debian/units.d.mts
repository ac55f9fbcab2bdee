/** The names of the units that the Debian package brings. */
export const unitNames: readonly string[];
/** A unit of that name as the package has it. */
export function unitText(name: string): string;
