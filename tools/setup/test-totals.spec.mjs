import { expect, test } from 'vitest';

import { formatTotals, totalsOf } from './test-totals.mjs';

const report = (...testResults) => JSON.stringify({ testResults });
const file = (status, ...statuses) => ({ status, assertionResults: statuses.map((one) => ({ status: one })) });

test('counts tests, not files', () => {
  const text = report(file('passed', 'passed', 'passed', 'pending'), file('failed', 'failed', 'passed', 'todo'));
  expect(totalsOf(text, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test('a file that did not load is a failure', () => {
  expect(totalsOf(report(file('passed', 'passed'), file('failed')), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test('no report, half a report and a foreign one are failures', () => {
  for (const text of [undefined, '', '{"testResults":[', '{}']) {
    expect(totalsOf(text, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  }
});

test('an exit code without a failed test is a failure, and so is a run without a test', () => {
  expect(totalsOf(report(file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(totalsOf(report(), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the last line', () => {
  expect(formatTotals({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  expect(formatTotals({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
});
