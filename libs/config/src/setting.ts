import type { z } from 'zod';

/** Where a setting comes from, besides its schema, and what it means. */
export interface SettingSource {
  /** As commander takes it: `--render-size <pixels>`, `-r, --resume`, `--no-audio`. */
  readonly flag?: string;
  /** Name of the environment variable: `KINEMACOLOR_RENDER_SIZE`. */
  readonly env?: string;
  /** One sentence for the help and the documentation, without the unit and the default. */
  readonly describe: string;
  /** Unit of the value, such as `pixels` or `ms`. */
  readonly unit?: string;
  /** A password or a key: its value is shown neither in messages nor in documentation. */
  readonly secret?: boolean;
}

/** One setting: a schema, and where its value comes from. */
export interface Setting<Schema extends z.ZodType = z.ZodType> extends SettingSource {
  readonly schema: Schema;
}

/**
 * A setting for `defineSettings`. The schema turns text into the value (`readNumber`, `readBoolean`, `z.enum`, …) and
 * holds the default; without a default and without `.optional()` the setting must be given.
 */
export function setting<Schema extends z.ZodType>(schema: Schema, source: SettingSource): Setting<Schema> {
  return Object.freeze({ schema, ...source });
}
