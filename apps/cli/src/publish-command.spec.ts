import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { scratchDir } from '@kinemacolor/testing';
import { describe, expect, it } from 'vitest';
import { exitCodeOf } from './exit-code.js';
import { publishModelCommand } from './publish-command.js';

const folder = scratchDir();

describe('models publish', () => {
  it.each([
    ['damaged', '{"name":', /damaged.kinemacolor\.json cannot be read/],
    ['nothing', 'null', /nothing.kinemacolor\.json cannot be read/],
    ['nameless', '{}', /nameless.kinemacolor\.json says no name\. .*--name/],
  ])('refuses a model whose card is %s', async (name, card, words) => {
    await mkdir(path.join(folder, name));
    await writeFile(path.join(folder, name, 'kinemacolor.json'), card);
    const failure = await publishModelCommand(path.join(folder, name), {}, {}).catch((error: unknown) => error);
    expect((failure as Error).message).toMatch(words);
    expect(exitCodeOf(failure)).toBe(8);
  });
});
