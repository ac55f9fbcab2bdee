/** The machine as people type it, and as they read it. Pure. */
import type { Generated } from './generate.js';

/** One command of a shell, an option a line. */
export function commandLine({ program, items }: Generated): string {
  const options = items.flatMap((item) => optionsOf(item.arguments)).map((words) => words.map(shellQuote).join(' '));
  return [shellQuote(program), ...options].join(' \\\n  ');
}

const explanationWidth = 96;

/** The program, then each option and below it why it is there. */
export function explanation({ program, items }: Generated): string {
  const parts = items.map(({ arguments: words, why }) => [
    optionsOf(words)
      .map((option) => option.map(shellQuote).join(' '))
      .join(' '),
    ...wrap(why, explanationWidth).map((line) => `    ${line}`),
  ]);
  return [shellQuote(program), ...parts.map((lines) => lines.join('\n'))].join('\n\n');
}

const withoutValue = ['-nodefaults'];

/** `-accel kvm -cpu host` → each option with its value, which may begin with a dash itself. */
function optionsOf(words: readonly string[]): string[][] {
  const options: string[][] = [];
  for (const word of words) {
    const last = options.at(-1);
    if (last?.length === 1 && !withoutValue.includes(last[0] ?? '')) last.push(word);
    else options.push([word]);
  }
  return options;
}

/** One word for a POSIX shell, whatever it holds. */
function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
