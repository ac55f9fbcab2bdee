/** A program on a terminal as a person has it: typed to, looked at, made narrower. tmux is the terminal. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `npm test` brings them where there is apt-get; why a test that needs this one has to be skipped elsewhere, or false. */
export function skipWithout(...programs: readonly string[]): string | false {
  const missing = ['tmux', ...programs].filter((program) => !isProgram(program));
  if (missing.length === 0) return false;
  assert.ok(
    !isProgram('apt-get'),
    `without ${missing.join(', ')}: node scripts/setup.mjs --only terminals brings them`,
  );
  return `${missing.join(', ')} to be installed`;
}

function isProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** For a machine that has much else to do. */
const patienceMs = 60_000;

export interface TerminalOptions {
  readonly columns: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export class Terminal {
  readonly #folder = mkdtempSync(join(tmpdir(), 'guesthead-tmux-'));

  /** Runs one command by sh; what it leaves on the screen stays there after its end. */
  constructor(command: string, { columns, rows = 24, cwd, env = {} }: TerminalOptions) {
    const size = ['-x', `${columns}`, '-y', `${rows}`];
    const where = cwd === undefined ? [] : ['-c', cwd];
    // By `env`, for tmux's own way goes through the user's shell, whose settings decide about PATH again.
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const set = (name: string, value: string) => ['set-option', '-g', name, value, ';'];
    this.#tmux(
      ...[
        'start-server',
        ';',
        ...set('remain-on-exit', 'on'),
        ...set('remain-on-exit-format', ''),
        ...set('status', 'off'),
      ],
      ...['new-session', '-d', ...size, ...where, 'env', ...variables, 'sh', '-c', command],
    );
  }

  /** As tmux names keys: `Tab`, `C-c`, `Enter`. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  resize(columns: number, rows = 24): void {
    this.#tmux('resize-window', '-x', `${columns}`, '-y', `${rows}`);
  }

  /** Its rows without the blanks at their ends and the empty ones below; one that was wrapped is two. */
  get screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** What was written, line by line: with what has left the screen, and whole where the terminal itself has broken it. */
  get lines(): string[] {
    const text = this.#tmux('capture-pane', '-p', '-J', '-S', '-').trimEnd();
    return text.split('\n').map((line) => line.trimEnd());
  }

  get showsCursor(): boolean {
    return this.#ask('#{cursor_flag}') === '1';
  }

  /** Of the shell that runs the command. */
  get pid(): number {
    return Number(this.#ask('#{pane_pid}'));
  }

  /** What `look` finds, once it finds something; fails with the screen where it never does. */
  async until<T>(look: (screen: string) => T | undefined | false | null): Promise<T> {
    const start = performance.now();
    for (;;) {
      const found = look(this.screen);
      if (found !== undefined && found !== false && found !== null) return found;
      if (performance.now() - start > patienceMs) assert.fail(`the screen stays:\n${this.screen}`);
      await sleep(50);
    }
  }

  /** Ends what runs in it. */
  close(): void {
    spawnSync('tmux', [...this.#server, 'kill-server']);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(format: string): string {
    return this.#tmux('display-message', '-p', format).trim();
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', [...this.#server, ...words], { encoding: 'utf8' });
  }

  /** Of its own, with nobody's settings. */
  get #server(): string[] {
    return ['-u', '-f', '/dev/null', '-S', join(this.#folder, 'socket')];
  }
}
