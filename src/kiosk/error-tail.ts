/** The last lines that a client has said on its standard error. */

/** Lines that are kept, and characters of each. */
const [mostLines, mostCharacters] = [40, 400];

export class ErrorTail {
  readonly #lines: string[] = [];
  #begun = '';

  /** Without what only a terminal understands. */
  get lines(): readonly string[] {
    return [...this.#lines, this.#begun].map(readable).filter((line) => line !== '');
  }

  add(text: string): void {
    const [first = '', ...others] = text.split('\n');
    const all = [this.#begun + first, ...others];
    this.#begun = (all.pop() ?? '').slice(0, mostCharacters);
    this.#lines.push(...all.slice(-mostLines).map((line) => line.slice(0, mostCharacters)));
    this.#lines.splice(0, this.#lines.length - mostLines);
  }

  /** For the next client. */
  clear(): void {
    this.#lines.length = 0;
    this.#begun = '';
  }
}

function readable(line: string): string {
  return line
    .replace(/\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|.)/g, '')
    .replace(/\t/g, '    ')
    .replace(/[\x00-\x1f\x7f]/g, '')
    .trimEnd();
}
