/** A line of tracefs' `trace`: `comm-pid [cpu] flags timestamp: event: fields`. */

export interface KernelLine {
  readonly task: string;
  readonly taskId: number;
  readonly cpu: number;
  /** µs on the instance's clock. */
  readonly ts: number;
  readonly event: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** A task's name may hold blanks and dashes; its thread group, in parentheses, and the flags are options of the instance. */
const linePattern =
  /^\s*(.*)-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[(\d+)\]\s+(?:[^\s:]+\s+)?(\d+)\.(\d+):\s+(\w+):\s*(.*?)\s*$/;
/** `name=value`, by a comma or a blank apart; a value may hold blanks. */
const fieldPattern = /([\w-]+)=(.*?)(?=,?\s+[\w-]+=|$)/g;

/** Undefined for comments and for what is no event. */
export function parseKernelLine(line: string): KernelLine | undefined {
  if (line.startsWith('#')) return undefined;
  const [, task, taskId, cpu, seconds, fraction = '', event, fields = ''] = linePattern.exec(line) ?? [];
  if (task === undefined || event === undefined) return undefined;
  return {
    task,
    taskId: Number(taskId),
    cpu: Number(cpu),
    ts: Number(seconds) * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6)),
    event,
    fields: new Map([...fields.matchAll(fieldPattern)].map(([, name = '', value = '']) => [name, value])),
  };
}
