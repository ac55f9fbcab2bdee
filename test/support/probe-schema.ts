/** The published schema of `guesthead probe --json`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Check, CheckStatus, ProbeReport } from '../../src/probe/index.js';

/** Found as a user of the package finds it. */
const file = createRequire(import.meta.url).resolve('guesthead/schemas/probe.schema.json');
const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile<ProbeReport>(schema);

/** Passes a report on that keeps to the schema; fails the test with what is wrong with another. */
export function validReport(report: unknown): ProbeReport {
  if (validate(report)) return report;
  return assert.fail(JSON.stringify(validate.errors, null, 2));
}

export function checksOf(report: ProbeReport): Check[] {
  return report.groups.flatMap(({ checks }) => checks);
}

/** How each check ended, by its id; those of several devices in their order. */
export function statuses(report: ProbeReport): Record<string, CheckStatus | CheckStatus[]> {
  const found: Record<string, CheckStatus[]> = {};
  for (const { id, status } of checksOf(report)) (found[id] ??= []).push(status);
  const entries = Object.entries(found).map(([id, all]) => [id, all.length === 1 ? all[0]! : all] as const);
  return Object.fromEntries(entries);
}

export function checkOf(report: ProbeReport, id: string): Check {
  return checksOf(report).find((check) => check.id === id) ?? assert.fail(`no check ${id}`);
}
