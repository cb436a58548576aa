import { SEMANTICS } from '@kinemacolor/models';
import { z } from 'zod';
import { PHASES } from '../steps/step-program.js';
import { scheduleSchema } from './schedule-schema.js';

const weight = z.number().nonnegative();
const share = z.number().min(0).max(1);
/** Of a moment: at 1 it would never learn. */
const decay = z.number().min(0).lt(1);
const natural = z.int().positive();
/** Beyond it nothing would fit into any memory. */
const channels = natural.max(1024);
/** The generator halves a picture twice, and the discriminator three times. */
const side = z.int().min(32).multipleOf(8);

const pictures = z.strictObject({
  folder: z.string().describe('folder of JPEG, PNG or WebP pictures'),
  match: z.string().optional().describe('regular expression: only the files whose names match are taken'),
  weight: z
    .number()
    .positive()
    .default(1)
    .describe(
      'how often its pictures are drawn, relative to the other sets; black-and-white sets of one weight are gone through, each picture once an epoch',
    ),
});

const stage = z.strictObject({
  size: side.describe('side of the square pictures, pixels'),
  epochs: natural.describe('times that the pictures are gone through'),
  batch: natural.describe('pictures a step'),
  picturesPerEpoch: natural.optional().describe('pictures of an epoch; all by default'),
  phase: z.enum(PHASES).default('adversarial').describe('which networks learn'),
  generator: scheduleSchema.describe('learning rate of the generators'),
  discriminator: scheduleSchema.optional().describe('learning rate of the discriminators; default: as the generators'),
});

const networks = z.strictObject({
  kind: z
    .enum(['cycle', 'chroma'])
    .describe('cycle: four RGB networks (the seed). chroma: one generator from luma to chroma and one discriminator'),
  width: channels.describe("channels after the generator's first convolution"),
  residualBlocks: z.int().nonnegative().default(6),
  discriminatorWidth: channels.default(64).describe("channels after the discriminators' first convolution"),
  semantics: z
    .enum(SEMANTICS)
    .optional()
    .describe(
      'what looks at the picture beside the generator. darknet-tiny: a branch that recognises things; sizes are then multiples of 16. glance: how strong the colours of the whole picture are. efficientnet-lite0: both, with a better classifier; sizes are then multiples of 32. Kind chroma',
    ),
  recogniser: z
    .string()
    .optional()
    .describe(
      'folder of Darknet tiny, or .pth file of EfficientNet-Lite0, that the semantic branch begins with; a run that goes on does not read it',
    ),
  recogniserRate: share
    .optional()
    .describe("learning rate of what recognises, as a share of the generator's; default 0.1"),
  from: z
    .string()
    .optional()
    .describe('folder of a model whose weights the generator begins with; a run that goes on does not read it'),
});

const losses = z.strictObject({
  adversarial: weight.default(1),
  cycle: weight.default(10).describe('kind cycle only'),
  identity: weight.default(5).describe('kind cycle only'),
  perceptual: weight.default(0),
  chroma: weight.default(0).describe('paired chroma: a colour picture turned grey asks for its own colours back'),
  chromaDelta: z.number().positive().default(0.02).describe('Huber: where the parabola ends, on −1..1; kind chroma'),
  chromaLog: weight
    .optional()
    .describe('logarithm of the chroma error of each picture, which a mean of PSNRs asks for; default 0; kind chroma'),
  colourWeight: weight.default(0).describe('how much more a coloured pixel counts than a grey one; kind chroma'),
});

const features = z.strictObject({
  kind: z.enum(['none', 'darknet-tiny', 'vgg16']).default('none'),
  path: z.string().optional().describe('folder (darknet-tiny) or file (vgg16) of the weights'),
});

const optimiser = z.strictObject({
  kind: z.enum(['adam', 'lamb', 'muon']).default('adam'),
  beta1: decay.default(0.5),
  beta2: decay.default(0.999),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: weight.default(0).describe('lamb only'),
});

const data = z.strictObject({
  bw: z.array(pictures).default([]).describe('black-and-white pictures: needed by kind cycle'),
  color: z
    .array(pictures, { error: ({ input }) => (input === undefined ? 'Name colour pictures: --color DIR.' : undefined) })
    .min(1)
    .describe('colour pictures'),
  framing: z
    .enum(['square', 'crop'])
    .default('crop')
    .describe(
      'square: the whole picture, resized to a square (the seed). crop: random crops, flipped half of the time',
    ),
  largestRender: natural.default(256).describe('framing crop: largest short side, pixels, that a crop may come from'),
  filmShare: share.default(0.15).describe('share of pictures whose luma is made to look like film; kind chroma'),
  memoryMegabytes: natural.default(1024).describe('decoded pictures that are kept'),
  threads: natural.default(1).describe('threads that decode'),
});

const validation = z.strictObject({
  color: z
    .string()
    .optional()
    .describe('folder of held-out colour pictures; default: every 20th training picture is held out'),
  most: natural.default(100).describe('pictures that are taken of it'),
  clip: z.string().optional().describe('a film whose first frames are coloured for the measure of flicker'),
  at: natural.default(256).describe('short side, pixels, at which pictures are seen'),
  samples: natural.default(6).describe('pictures in a grid of samples'),
});

/** Everything a run depends on, in one file; recorded in the folder of the run. */
export const trainingSchema = z.strictObject({
  name: z.string().min(1).describe('name of the model'),
  run: z.string().min(1).describe('folder of the run: checkpoints, log, report, models'),
  seed: z.int().nonnegative().max(1_000_000).default(1),
  precision: z.enum(['auto', 'fp32', 'bf16']).default('auto'),
  networks,
  losses: losses.prefault({}),
  features: features.prefault({}),
  optimiser: optimiser.prefault({}),
  pool: z.int().nonnegative().default(0).describe('painted pictures that the discriminators remember; kind cycle'),
  average: share.default(0.999).describe('most that the moving average of the weights keeps in a step'),
  outputGain: z
    .strictObject({ u: z.number().positive().default(1), v: z.number().positive().default(1) })
    .prefault({})
    .describe('factors on the chroma of validated and exported models; kind chroma'),
  data,
  validation: validation.prefault({}),
  stages: z.array(stage).min(1),
  checkpoint: z
    .strictObject({
      every: natural.default(500).describe('steps between checkpoints; one is written after each epoch as well'),
      keep: natural.default(3).describe('checkpoints that are kept'),
    })
    .prefault({}),
  logEvery: natural.default(50).describe('steps that a line of the log sums up'),
});

export type TrainingConfig = z.output<typeof trainingSchema>;
/** What a config file may hold: everything that has a default may be left out. */
export type TrainingInput = z.input<typeof trainingSchema>;
export type StageConfig = TrainingConfig['stages'][number];
