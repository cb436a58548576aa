import { describe, expect, it } from 'vitest';
import { cardSections } from './card-sections.js';
import { metricsTable, type CardMetrics } from './metrics-table.js';
import { modelCard, type CardFacts } from './model-card.js';

const FACTS: CardFacts = {
  info: {
    name: 'dusk',
    version: '2026-02-03',
    config: { width: 16, residualBlocks: 6, inputChannels: 1, outputChannels: 2 },
    renderSize: 192,
    weightsSha256: 'ab'.repeat(32),
  },
  parameters: 491_730,
  form: 'float16',
  bytes: 983_460,
};

const row = (name: string, more: Partial<CardMetrics> = {}): CardMetrics => ({
  name,
  metrics: {
    n: 65,
    psnr: 26.9412,
    ciede2000: 8.678,
    colourfulnessRatio: 0.4049,
    chromaCorrelation: 0.3944,
    lumaError: 0.2,
  },
  ...more,
});

/** What stands under a heading of a card. */
const under = (card: string, heading: string): string =>
  cardSections(card).sections.find((section) => section.heading === heading)?.text ?? 'no such heading';

describe('a model card', () => {
  it('tells what the model is, and what nobody told', () => {
    const card = modelCard(FACTS);
    expect(card.startsWith('# Model `dusk`\n\n## Facts\n')).toBe(true);
    for (const fact of [
      '| version | 2026-02-03 |',
      'width 16, 6 residual blocks, luma in, chroma (U, V) out',
      '| parameters | 491,730 |',
      '| weights | float16, 983,460 bytes (0.98 MB) |',
      `\`${'ab'.repeat(32)}\``,
      'a short side of 192 pixels',
    ]) {
      expect(under(card, 'Facts')).toContain(fact);
    }
    expect(under(card, 'Use')).toContain('kinemacolor colorize film.mp4 -o film-colour.mp4 --model');
    for (const heading of ['Metrics', 'Data', 'Recipe', 'Failures']) expect(under(card, heading)).toBe('Not told.');
    expect(card).toMatch(/[^\n]\n$/);
  });

  it('of an RGB network says so', () => {
    const config = { width: 64, residualBlocks: 9, inputChannels: 3, outputChannels: 3 };
    const card = modelCard({ ...FACTS, form: 'float32', info: { ...FACTS.info, config } });
    expect(under(card, 'Facts')).toContain('width 64, 9 residual blocks, RGB in, RGB out');
    expect(under(card, 'Facts')).toContain('| weights | float32,');
  });

  it('includes text under its own headings, and what has another heading at the end', () => {
    const text = [
      '# A title that is not wanted twice\n\nPainted at *dusk*.',
      '## data\n\nTwo films.\n\n```sh\n## no heading\n```',
      '## Failures ##\nSnow.\n\n### Faces\nGreenish.',
      '## Metrics\n\nOn 65 pictures.',
      '## Cost\n\nA night.',
      '## Use\n\nAt dusk.',
    ].join('\n\n');
    const card = modelCard({ ...FACTS, metrics: [row('dusk at 192')], text });
    expect(card).not.toContain('not wanted twice');
    expect(card.indexOf('Painted at *dusk*.')).toBeLessThan(card.indexOf('## Facts'));
    expect(under(card, 'Data')).toBe('Two films.\n\n```sh\n## no heading\n```');
    expect(under(card, 'Failures')).toBe('Snow.\n\n### Faces\nGreenish.');
    expect(under(card, 'Recipe')).toBe('Not told.');
    expect(under(card, 'Metrics')).toMatch(/dusk at 192 \| 65 [^]*On 65 pictures\.$/);
    expect(under(card, 'Use')).toMatch(/--model[^]*At dusk\.$/);
    expect(cardSections(card).sections.map(({ heading }) => heading)).toEqual(
      ['Facts', 'Use', 'Metrics', 'Data', 'Recipe', 'Failures', 'Cost'], // prettier-ignore
    );
  });
});

describe('the table of metrics', () => {
  it('has a column for each metric that any row has, rounded', () => {
    expect(metricsTable([row('grey'), row('dusk | x', { flicker: 1.234, colourfulness: null })])).toBe(
      [
        '|  | pictures | PSNR dB ↑ | CIEDE2000 ↓ | colourfulness ratio → 1 | chroma correlation ↑ | luma error ↓ | flicker ↓ |',
        '| --- | --: | --: | --: | --: | --: | --: | --: |',
        '| grey | 65 | 26.94 | 8.68 | 0.40 | 0.394 | 0.20 | – |',
        '| dusk \\| x | 65 | 26.94 | 8.68 | 0.40 | 0.394 | 0.20 | 1.23 |',
      ].join('\n'),
    );
  });

  it('has a dash for what could not be computed', () => {
    const some = row('a');
    const none = { ...row('b'), metrics: { ...some.metrics, colourfulnessRatio: null } };
    expect(metricsTable([some, none])).toContain('| b | 65 | 26.94 | 8.68 | – |');
    expect(metricsTable([none])).not.toContain('ratio');
  });
});
