/** What a chart of the report has drawn. What runs in the page is text, because the page's types are not known here. */
import type { Page } from 'playwright-core';

export const stateColours = ['drawing', 'queued', 'current', 'draining'] as const;
export const markColours = ['missed', 'fault'] as const;
type ColourName = (typeof stateColours)[number] | (typeof markColours)[number];

export interface Picture {
  /** Another picture has another one. */
  readonly digest: number;
  /** Pixels that are not transparent, as the background is. */
  readonly drawn: number;
  /** Pixels that have exactly that colour of the page's style sheet. */
  readonly counts: Readonly<Record<ColourName, number>>;
}

/** In a head's section, or the GPU's. */
export function pictureOf(page: Page, head: number | 'gpu' | 'kiosk', chart: string): Promise<Picture> {
  const section = typeof head === 'string' ? `section.${head}` : `section[data-head="${head}"]`;
  const selector = `${section} [data-chart="${chart}"] canvas`;
  return page.evaluate(`(${readPicture})(${JSON.stringify([selector, [...stateColours, ...markColours]])})`);
}

/** Reads a copy: a canvas that is read itself is drawn in another way from then on. */
const readPicture = `([selector, names]) => {
  const canvas = document.querySelector(selector);
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const style = getComputedStyle(document.documentElement);
  const wanted = names.map((name) => parseInt(style.getPropertyValue('--' + name).trim().slice(1), 16));
  const counts = names.map(() => 0);
  let [digest, drawn] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const colour = data[i] * 65536 + data[i + 1] * 256 + data[i + 2];
    digest = (Math.imul(digest, 31) + colour + data[i + 3]) | 0;
    if (data[i + 3] > 0) drawn++;
    const found = data[i + 3] === 255 ? wanted.indexOf(colour) : -1;
    if (found >= 0) counts[found]++;
  }
  return { digest, drawn, counts: Object.fromEntries(names.map((name, i) => [name, counts[i]])) };
}`;
