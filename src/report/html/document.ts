/** One page that needs nothing but itself: words and tables; its script adds the charts. */
import type { MachineFact } from '../machine-facts.js';
import { loadAssets, type Assets } from './assets.js';
import { embedJson, embedScript, escapeHtml, table } from './markup.js';
import type { PageData } from './report-data.js';

export interface PageParts {
  /** As text. */
  readonly title: string;
  /** As HTML, from here on. */
  readonly heading: string;
  readonly underHeading?: string;
  readonly sections: readonly string[];
  readonly facts: readonly MachineFact[];
  readonly madeAt: Date;
  readonly data: PageData;
}

/** Throws ERR_SYSTEM where the installation is not whole. */
export function wholePage({ title, sections, facts, data, ...parts }: PageParts): string {
  const assets = loadAssets();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${assets.libraryStyle}\n${assets.style}</style>
</head>
<body>
${header(parts)}
<main>
${[...sections, machineSection(facts)].join('\n')}
</main>
<noscript><p>The charts are drawn by a script in this page, which this browser does not run.</p></noscript>
${scripts(assets, data)}
</body>
</html>
`;
}

function header({
  heading,
  madeAt,
  underHeading = '',
}: Pick<PageParts, 'heading' | 'madeAt' | 'underHeading'>): string {
  const when = madeAt.toISOString();
  return `<header>
<h1>${heading}</h1>
<p>Ended <time datetime="${when}">${when.slice(0, 19).replace('T', ' ')} UTC</time></p>
${underHeading}
</header>`;
}

function machineSection(facts: readonly MachineFact[]): string {
  const rows = facts.map(({ id, status, found }) => [id, status, found]);
  return `<section aria-labelledby="machine">
<h2 id="machine">Machine</h2>
${table('What this machine is', ['fact', 'status', 'found'], rows)}
</section>`;
}

function scripts({ library, script }: Assets, data: PageData): string {
  return `<script type="application/json" id="data">${embedJson(data)}</script>
<script>${embedScript(library)}</script>
<script>${embedScript(script)}</script>`;
}
