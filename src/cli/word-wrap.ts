/** Prose on a terminal, broken between words and not within them. A pipe and a file get each line whole. */

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** Below that, no line has room for two words. */
const fewestColumns = 20;
/** What a line goes on with, beside its own indentation. */
const hanging = '  ';

/** To be copied: its own end is the only one that it has. */
const isCommand = /(^ +|: +)(guesthead|git|npm|npx) /;

export function forTerminal(text: string, { isTTY, columns }: Terminal): string {
  if (!isTTY || columns < fewestColumns) return text;
  return text
    .split('\n')
    .map((line) => (isCommand.test(line) ? line : wrapped(line, columns)))
    .join('\n');
}

/** A word longer than a row is the terminal's to break: so it can be copied. */
export function wrapped(line: string, columns: number): string {
  if (lengthOf(line) <= columns) return line;
  const [, indentation = '', text = ''] = /^(\s*)(.*)$/.exec(line) ?? [];
  const [first = '', ...words] = wordsOf(text);
  const rows = [`${indentation}${first}`];
  for (const word of words) {
    const row = `${rows.at(-1)}${word}`;
    if (lengthOf(row) <= columns) rows[rows.length - 1] = row;
    else rows.push(`${indentation}${hanging}${word.trimStart()}`);
  }
  return rows.join('\n');
}

/** With the blanks before each; what stands in backticks is one, for it is typed as it stands. */
function wordsOf(text: string): string[] {
  return text.match(/\s*(?:`[^`]*`|[^\s`])+/g) ?? [text];
}

/** Without what changes the colour. */
function lengthOf(text: string): number {
  return text.replaceAll(/\u001b\[\d*m/g, '').length;
}
