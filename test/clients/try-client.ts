/** One client on the kiosk in the lab: it is shown, used and ended, and all that it said is read. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KioskResult } from '../../src/cli/run-kiosk.js';
import { messageOf } from '../../src/errors.js';
import { shellQuote, type Job, type JobResult, type Lab } from '../../src/lab/index.js';
import { packageRoot } from '../../src/package-root.js';
import { encodePng, parsePpm, type Capture } from '../../src/render/index.js';
import type { RealClient, Use } from './client.js';
import { heardIn } from './complaints.js';
import { background, type Sight } from './sight.js';

export interface Tried {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'cannot run here';
  /** Of its package. */
  readonly version: string;
  /** What is wrong with it; or why it cannot run here. */
  readonly wrong: readonly string[];
  /** What was seen, in its order. */
  readonly seen: readonly string[];
  /** From its start until the host saw it. */
  readonly firstSeconds: number | undefined;
  readonly frames: KioskResult['frames'] | undefined;
  /** Pictures that it has committed. */
  readonly commits: number;
  readonly harmless: readonly string[];
}

/** Its log is kept there, with each of its messages. */
export const logFolder = join(packageRoot, '.lab/clients');
const lookMs = 400;
/** For what is seen of somebody's click, and for an end that was asked for. */
const answerSeconds = 30;

export async function tryClient(lab: Lab, client: RealClient): Promise<Tried> {
  mkdirSync(logFolder, { recursive: true });
  const log = join(logFolder, `${client.name}.log`);
  rmSync(log, { force: true });
  const version = await versionOf(lab, client);
  const trial = new Trial(lab, client, log);
  const wrong: string[] = [];
  try {
    await trial.run();
  } catch (error) {
    wrong.push(messageOf(error));
  }
  const { status } = await trial.end();
  if (wrong.length === 0 && status !== client.ends.status)
    wrong.push(`it ended with ${status}, and not with ${client.ends.status}`);
  const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const { complaints, harmless, commits } = heardIn(said, client.harmless, trial.saidByKiosk);
  wrong.push(...complaints);
  const excuse = client.excuse?.says.test(said) === true ? client.excuse.why : undefined;
  const outcome = excuse !== undefined ? 'cannot run here' : wrong.length === 0 ? 'passed' : 'failed';
  const { seen, firstSeconds, frames } = trial;
  return {
    ...{ name: client.name, outcome, version, wrong: excuse === undefined ? wrong : [excuse] },
    ...{ seen, firstSeconds, frames, commits, harmless },
  };
}

async function versionOf(lab: Lab, { packages: [name = ''] }: RealClient): Promise<string> {
  return (await lab.run(['dpkg-query', '-W', '-f', '${Version}', name])).stdout;
}

class Trial {
  readonly seen: string[] = [];
  firstSeconds: number | undefined;
  readonly #job: Job;
  readonly #started = performance.now();
  #ended: JobResult | undefined;
  #out = '';
  #err = '';

  constructor(
    private readonly lab: Lab,
    private readonly client: RealClient,
    private readonly log: string,
  ) {
    const options = ['--json', '--cursor', 'never', '--background', background.toString(16).padStart(6, '0')];
    const command = ['sh', '-c', `exec ${wordsOf(client)} >${shellQuote(log)} 2>&1`];
    this.#job = lab.start(['node', 'dist/cli/main.cjs', 'kiosk', ...options, '--', ...command], {
      onStdout: (chunk) => (this.#out += chunk.toString()),
      onStderr: (chunk) => (this.#err += chunk.toString()),
    });
    void this.#job.done.then((ended) => (this.#ended = ended));
  }

  get saidByKiosk(): string {
    return this.#err;
  }

  get frames(): KioskResult['frames'] | undefined {
    const line = /^{"status".*}$/m.exec(this.#out)?.[0];
    return line === undefined ? undefined : (JSON.parse(line) as KioskResult).frames;
  }

  async run(): Promise<void> {
    const { shows, seconds, uses } = this.client;
    const before = await this.#until(shows, seconds, undefined);
    this.#keep('shown', before);
    this.firstSeconds = (performance.now() - this.#started) / 1000;
    this.seen.push(shows.what);
    if (typeof uses !== 'string') await this.#use(uses, before);
  }

  async #use({ by, shows }: Use, before: Capture): Promise<void> {
    await by.do(this.lab.input);
    this.#keep('used', await this.#until(shows, answerSeconds, before));
    this.seen.push(`${by.what}: ${shows.what}`);
  }

  /** As it is asked to, or after a while by force. */
  async end(): Promise<JobResult> {
    const { by } = this.client.ends;
    if (this.#ended === undefined && by === 'SIGTERM') this.#job.kill(by);
    else if (this.#ended === undefined && by !== 'SIGTERM') await by.do(this.lab.input);
    const timer = setTimeout(() => this.#job.kill('SIGTERM'), answerSeconds * 1000);
    return this.#job.done.finally(() => clearTimeout(timer));
  }

  /** The picture in which it is so. Throws where it is not in time, or where the client has ended before. */
  async #until(sight: Sight, seconds: number, before: Capture | undefined): Promise<Capture> {
    const limit = performance.now() + seconds * 1000;
    for (;;) {
      const ended = this.#ended;
      const picture = await this.#capture();
      if (sight.holds(picture, before) && this.#hasDrawn()) return picture;
      const why = ended === undefined ? `not within ${seconds} s` : `it ended with ${ended.status}`;
      if (ended !== undefined || performance.now() > limit) {
        this.#keep('wrong', picture);
        throw new Error(`${sight.what}: ${why}`);
      }
      await sleep(lookMs);
    }
  }

  /** What was on the screen before it is nothing of its. */
  #hasDrawn(): boolean {
    return existsSync(this.log) && /-> wl_surface[@#]\d+\.attach\(wl_buffer/.test(readFileSync(this.log, 'utf8'));
  }

  #keep(which: string, picture: Capture): void {
    writeFileSync(join(logFolder, `${this.client.name}-${which}.png`), encodePng(picture));
  }

  async #capture(): Promise<Capture> {
    const filename = join(logFolder, `${this.client.name}.ppm`);
    await this.lab.qmp.execute('screendump', { filename, device: 'gpu0', head: 0 });
    return parsePpm(await readFile(filename));
  }
}

function wordsOf({ command, env = {} }: RealClient): string {
  const variables = Object.entries({ WAYLAND_DEBUG: 'client', ...env }).map(([name, value]) => `${name}=${value}`);
  return ['env', ...variables, ...command].map(shellQuote).join(' ');
}
