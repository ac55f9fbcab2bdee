export function bundleForPage(entry: string, file: string): void;
export function bundle(entries: Record<string, string>, folder: string): void;
export function bundleTests(files: readonly string[], base: string, folder: string): Promise<void>;
