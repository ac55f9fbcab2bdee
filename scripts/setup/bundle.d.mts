export function bundleForPage(entry: string, file: string): void;
export function bundle(entries: Record<string, string>, folder: string): void;
export function bundleText(source: string): Promise<string>;
export function bundleTests(programs: Record<string, readonly string[]>, folder: string): Promise<void>;
