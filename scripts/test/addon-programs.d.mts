export function addonProgramOf(file: string): string;
