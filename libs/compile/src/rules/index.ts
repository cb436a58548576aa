import { constantRules } from './constants.js';
import { convolutionRules } from './convolutions.js';
import { elementwiseRules } from './elementwise.js';
import { normalisationRules } from './normalisation.js';
import { poolingRules } from './pooling.js';
import { productRules } from './products.js';
import { reductionRules } from './reductions.js';
import { reflectionPaddingRules } from './reflection-padding.js';
import { resizingRules } from './resizing.js';
import type { Rules } from './rule.js';
import { shapeRules } from './shapes.js';

/** What each tfjs kernel becomes, by the kernel's name. A new op is a line in the file that it belongs to. */
export const RULES: Rules = {
  ...constantRules,
  ...convolutionRules,
  ...elementwiseRules,
  ...normalisationRules,
  ...poolingRules,
  ...productRules,
  ...reductionRules,
  ...reflectionPaddingRules,
  ...resizingRules,
  ...shapeRules,
};
