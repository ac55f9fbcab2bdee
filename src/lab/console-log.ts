/** What the guest's kernel wrote to its console; empty where there is none yet. */
import { readFile } from 'node:fs/promises';

const tailLines = 20;

export class ConsoleLog {
  constructor(private readonly file: string) {}

  /** The last lines, and before them the one that says why where a long trace stands between. */
  async tail(): Promise<string> {
    const lines = (await this.text()).trimEnd().split(/\r?\n/);
    const panic = lines.slice(0, -tailLines).findLast((line) => line.includes('Kernel panic'));
    return [...(panic === undefined ? [] : [panic, '…']), ...lines.slice(-tailLines)].join('\n');
  }

  text(): Promise<string> {
    return readFile(this.file, 'utf8').catch(() => '');
  }
}
