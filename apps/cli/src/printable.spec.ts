import { afterEach, expect, it, vi } from 'vitest';
import { printable, printableName } from './printable.js';
import { progressDisplay } from './progress-display.js';

afterEach(() => {
  vi.restoreAllMocks();
});

it('leaves nothing that a terminal obeys', () => {
  expect(printable('two\nlines \u001b[31mred\u0007 ü 映\u009b2J')).toBe('two\nlines ?[31mred? ü 映?2J');
  expect(printableName('a\r\nb\tc')).toBe('a??b?c');
});

it('is what the progress of a film is called', () => {
  const shown: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown.push(String(text));
    return true;
  });
  const display = progressDisplay('a\u001b[2Jb\nc.mp4', { quiet: false });
  display.onProgress({ phase: 'upload', bytes: 1e6, total: 2e6 });
  display.stop();
  expect(shown.join('')).toContain('a?[2Jb?c.mp4');
});
