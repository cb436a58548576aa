import type { GeneratorConfig } from './generator-config.js';

/** What stands beside the weights of a model, in `kinemacolor.json`. */
export interface ModelInfo {
  /** For messages and summaries, such as `fast`. */
  readonly name: string;
  /** What frames record that it coloured; a date or a number. */
  readonly version: string;
  readonly config: GeneratorConfig;
  /** Short side, pixels, at which this model colours best. */
  readonly renderSize: number;
  /** SHA-256 of `weights.bin`, hexadecimal: a damaged file is found before it paints. */
  readonly weightsSha256: string;
}
