/** The project's documents, and what is in them: blocks of code, links, headings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.js';

export interface Document {
  /** Relative to the checkout. */
  readonly path: string;
  readonly text: string;
}

export interface Block {
  readonly language: string;
  /** What stands behind the language: `run` where a test of the lab types the commands. */
  readonly mark: string;
  readonly text: string;
  /** For messages: `docs/frame.md:12`. */
  readonly place: string;
}

/** What `npm run docs` makes of the doc comments is not among them. */
export function documents(): Document[] {
  const names = ['.', 'docs'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  );
  return names.map((path) => ({ path, text: readFileSync(join(packageRoot, path), 'utf8') }));
}

const fence = /^```(\w*) ?([^\n]*)\n([^]*?)^```$/gm;

/** The fenced blocks of one language, in their order. */
export function blocksOf({ path, text }: Document, language: string): Block[] {
  return [...text.matchAll(fence)]
    .map(([, name = '', mark = '', code = ''], index, all) => {
      const line = text.slice(0, all[index]?.index).split('\n').length;
      return { language: name, mark, text: code, place: `${path}:${line}` };
    })
    .filter((block) => block.language === language);
}

/** Its lines joined where one goes on, without comments and empty ones. */
export function commandsOf({ text }: Block): string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#.*/, '').trim())
    .filter((line) => line !== '');
}

/** Without the blocks of code. */
function proseOf({ text }: Document): string {
  return text.replaceAll(fence, '');
}

/** Targets of links and pictures. */
export function linksOf(document: Document): string[] {
  const prose = proseOf(document).replaceAll(/`[^`]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Code within a line that is a command of guesthead's. */
export function inlineCommandsOf(document: Document): string[] {
  return [...proseOf(document).matchAll(/`((?:npx )?guesthead [a-z][^`]*)`/g)].map(([, code = '']) =>
    code.replaceAll(/\s+/g, ' '),
  );
}

/** The anchors of its headings, as GitHub and VitePress make them of plain words. */
export function anchorsOf(document: Document): string[] {
  return [...proseOf(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s+/g, '-'),
  );
}
