/** One live line a step on a terminal, plain lines elsewhere. All of it on standard error. */
import { stderr } from 'node:process';

const spinner = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const clearLine = '\r\x1b[K';

/** Shows `name` as under way while `work` runs; `work` gets a function that tells what it is doing. */
export async function showing(name, work) {
  const shown = stderr.isTTY ? new LiveLine(name) : new PlainLines(name);
  const started = Date.now();
  try {
    const result = await work((text) => shown.tell(text));
    shown.end('✔', `done in ${seconds(started)}`);
    return result;
  } catch (error) {
    shown.end('✖', `failed after ${seconds(started)}`);
    throw error;
  }
}

/** A line that is not about a step, such as a command about to be run. */
export function say(text) {
  stderr.write(`${stderr.isTTY ? clearLine : ''}setup: ${text}\n`);
}

class PlainLines {
  constructor(name) {
    this.name = name;
    say(`${name} …`);
  }

  tell(text) {
    say(`${this.name}: ${text}`);
  }

  end(_mark, text) {
    say(`${this.name} … ${text}`);
  }
}

class LiveLine {
  #started = Date.now();
  #text = '';
  #turn = 0;

  constructor(name) {
    this.name = name;
    this.timer = setInterval(() => this.#draw(), 100);
  }

  tell(text) {
    this.#text = ` ${text}`;
    this.#draw();
  }

  end(mark, text) {
    clearInterval(this.timer);
    stderr.write(`${clearLine}${mark} ${this.name} ${text}\n`);
  }

  #draw() {
    const line = `${spinner[this.#turn++ % spinner.length]} ${this.name}${this.#text}`;
    const time = ` (${seconds(this.#started)})`;
    stderr.write(`${clearLine}${line.slice(0, Math.max(10, stderr.columns - time.length - 1))}${time}`);
  }
}

export function seconds(since) {
  const elapsed = (Date.now() - since) / 1000;
  return `${elapsed < 10 ? elapsed.toFixed(1) : Math.round(elapsed)} s`;
}
