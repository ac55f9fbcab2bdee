/** Path, from the checkout's root → text, of every file that is made of the sources. */
export function generatedFiles(): Promise<Record<string, string>>;
