import { metricsTable, type CardMetrics } from './metrics-table.js';
import { cardSections, type CardText } from './card-sections.js';
import type { GeneratorConfig, Semantics } from '../generator-config.js';
import type { ModelInfo } from '../model-info.js';
import type { WeightForm } from '../weight-form.js';

/** What a card is made of. */
export interface CardFacts {
  readonly info: ModelInfo;
  readonly parameters: number;
  readonly form: WeightForm;
  /** Of `weights.bin`. */
  readonly bytes: number;
  /** Rows of an evaluation. */
  readonly metrics?: readonly CardMetrics[] | undefined;
  /**
   * Markdown. What stands under `## Data`, `## Recipe`, `## Failures` or any other second-level heading goes under the
   * same heading of the card, what stands before them below the title.
   */
  readonly text?: string | undefined;
}

const NOT_TOLD = 'Not told.';

/** The page that goes with a model: what can be known of it, and honest gaps where nobody said anything. */
export function modelCard({ info, parameters, form, bytes, metrics, text = '' }: CardFacts): string {
  const told = cardSections(text);
  const sections: [heading: string, own: string][] = [
    ['Facts', facts(info, parameters, form, bytes)],
    ['Use', USE],
    ['Metrics', metrics === undefined || metrics.length === 0 ? '' : measured(metrics)],
    ['Data', ''],
    ['Recipe', ''],
    ['Failures', ''],
  ];
  const names = new Set(sections.map(([heading]) => heading.toLowerCase()));
  const others = told.sections.filter(({ heading }) => !names.has(heading.toLowerCase()));
  return [
    `# Model \`${info.name}\``,
    told.opening,
    ...sections.map(([heading, own]) => `## ${heading}\n\n${joined(own, under(told, heading)) || NOT_TOLD}`),
    ...others.map(({ heading, text: body }) => joined(`## ${heading}`, body)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function facts(info: ModelInfo, parameters: number, form: WeightForm, bytes: number): string {
  const rows = [
    ['version', info.version],
    ['architecture', architecture(info.config)],
    ['parameters', grouped(parameters)],
    ['weights', `${form}, ${grouped(bytes)} bytes (${(bytes / 1e6).toFixed(2)} MB)`],
    ['SHA-256 of the weights', `\`${info.weightsSha256}\``],
    ['colours best at', `a short side of ${info.renderSize} pixels`],
  ] as const;
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

const USE = [
  '`--model` takes the folder that this file lies in:',
  '```\nnpx kinemacolor colorize film.mp4 -o film-colour.mp4 --model FOLDER\n```',
  '`model.json` is a Layers model of TensorFlow.js, with two layers of `@kinemacolor/models`.',
].join('\n\n');

const BRANCHES: Readonly<Record<Semantics | 'none', string>> = {
  none: '',
  'darknet-tiny': ", with a semantic branch of Darknet tiny's shape",
  'efficientnet-lite0':
    ", with a semantic branch of EfficientNet-Lite0's shape, and a glance at the whole picture for the strength of its colours",
  glance: ', with a glance at the whole picture for the strength of its colours',
};

function architecture({ width, residualBlocks, inputChannels, outputChannels, semantics }: GeneratorConfig): string {
  const from = inputChannels === 1 ? 'luma' : 'RGB';
  const to = outputChannels === 2 ? 'chroma (U, V)' : 'RGB';
  const branch = BRANCHES[semantics ?? 'none'];
  return `the ResNet generator of CycleGAN, width ${width}, ${residualBlocks} residual blocks, ${from} in, ${to} out${branch}`;
}

const measured = (rows: readonly CardMetrics[]): string =>
  `As \`kinemacolor evaluate --json\` printed them.\n\n${metricsTable(rows)}`;

const under = ({ sections }: CardText, heading: string): string =>
  sections
    .filter((section) => section.heading.toLowerCase() === heading.toLowerCase())
    .reduce((all, { text }) => joined(all, text), '');

const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join('\n\n');
const grouped = (count: number): string => count.toLocaleString('en-US');
