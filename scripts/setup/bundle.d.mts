export function bundle(entries: Record<string, string>, folder: string): void;
