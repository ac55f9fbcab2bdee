/** Output for a terminal or a log that knows ASCII only: the locale says so, as LANG=C does. */

/** Of the first that is set, as in setlocale(3). Without any of them a terminal of today is taken to know UTF-8. */
export function wantsAscii({ LC_ALL, LC_CTYPE, LANG }: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== '');
  return locale === 'C' || locale === 'POSIX';
}

/** What this program writes, and what to write in its place. */
const plain: Readonly<Record<string, string>> = {
  '→': '->',
  '×': 'x',
  '’': "'",
  '“': '"',
  '”': '"',
  '…': '...',
  '–': '-',
  '·': '-',
  '÷': '/',
  '≥': '>=',
  '≤': '<=',
  µ: 'u',
  '²': '^2',
  '³': '^3',
};

/** JSON keeps every character, as an escape; of other text, letters lose their accents, and what has no likeness becomes a question mark. */
export function toAscii(text: string): string {
  if (!beyondAscii.test(text)) return text;
  if (isJson(text))
    return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const likenesses = text.replace(/[^\0-\x7f]/gu, (character) => plain[character] ?? character);
  return likenesses
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\0-\x7f]/gu, '?');
}

const beyondAscii = /[^\0-\x7f]/;

function isJson(text: string): boolean {
  const [first, last] = [text.trimStart()[0], text.trimEnd().at(-1)];
  return (first === '{' && last === '}') || (first === '[' && last === ']');
}

/** From now on this process writes texts in ASCII; bytes, such as a guest's output, go through as they are. */
export function writeAscii(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...more: unknown[]) =>
    write(typeof chunk === 'string' ? toAscii(chunk) : chunk, ...more);
}
