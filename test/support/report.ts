/** What a report's page carries for its script. */
import assert from 'node:assert/strict';
import type { PageData } from '../../src/report/html/report-data.js';

export function embedded(page: string): PageData {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1];
  return JSON.parse(json ?? assert.fail(`no data in the page: ${page.slice(0, 500)}`)) as PageData;
}
