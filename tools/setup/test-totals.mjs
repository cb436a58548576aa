/**
 * The last line of `.ci/run`: adds vitest's JSON report to the checks that were made before.
 *
 *     node tools/setup/test-totals.mjs REPORT --exit-code N --passed N --failed N
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 *
 * @param {string | undefined} report vitest's JSON, undefined when it left none
 * @param {number} exitCode of vitest
 * @returns {Totals}
 */
export function totalsOf(report, exitCode) {
  const parsed = parse(report);
  if (parsed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of parsed.testResults) {
    let failedHere = 0;
    for (const { status } of file.assertionResults) {
      if (status === 'passed') totals.passed++;
      else if (status === 'failed') failedHere++;
      else totals.skipped++;
    }
    // A file that could not be loaded, or whose hooks failed, reports no failed test of its own.
    totals.failed += file.status === 'failed' ? Math.max(failedHere, 1) : failedHere;
  }
  // Errors outside all tests (an unhandled rejection) and a runner that died show in the exit code alone.
  if (totals.failed === 0 && (exitCode !== 0 || totals.passed === 0)) totals.failed = 1;
  return totals;
}

function parse(report) {
  if (report === undefined) return undefined;
  try {
    const parsed = JSON.parse(report);
    return Array.isArray(parsed?.testResults) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @param {Totals} totals @returns {string} */
export function formatTotals({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'exit-code': { type: 'string' }, passed: { type: 'string' }, failed: { type: 'string' } },
  });
  let report;
  try {
    report = readFileSync(positionals[0], 'utf8');
  } catch (error) {
    process.stdout.write(`The test runner left no report: ${error.message}\n`);
  }
  const tests = totalsOf(report, Number(values['exit-code']));
  const totals = {
    passed: tests.passed + Number(values.passed),
    failed: tests.failed + Number(values.failed),
    skipped: tests.skipped,
  };
  process.stdout.write(`${formatTotals(totals)}\n`);
  process.exitCode = totals.failed === 0 ? 0 : 1;
}
