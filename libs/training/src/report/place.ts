import { formatCount } from './format-number.js';

/** Where in the run something is, for people: stages and epochs counted from 1, as the command takes them. */
export const placeOf = ({ stage, epoch, step }: { stage: number; epoch: number; step: number }): string =>
  `stage ${stage + 1}, epoch ${epoch + 1}, step ${formatCount(step)}`;
