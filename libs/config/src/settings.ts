import type { z } from 'zod';
import { checkDefinition } from './definition.js';
import { flagHelp, markdownTable, type FlagHelp } from './documentation.js';
import { parseSettings, type SettingsInput } from './parse.js';
import type { Setting } from './setting.js';

/** What a parsed set of settings is: each key with its schema's output type. */
export type SettingsOutput<Definition extends Readonly<Record<string, Setting>>> = {
  readonly [Key in keyof Definition]: z.output<Definition[Key]['schema']>;
};

/** The settings of one service or command. */
export interface Settings<Output> {
  /**
   * The values of one run, frozen all the way down: flag before variable before default.
   * @throws ConfigError `BAD_SETTINGS` with every problem, a line each, naming the flag and the variable
   */
  parse(input: SettingsInput): Output;
  /** The flags, in the order of definition, for a command-line parser's `.option(flags, description)`. */
  options(): FlagHelp[];
  /** The same as a Markdown table: flag, variable, default, meaning. */
  markdown(): string;
}

/** The type that `parse` of a set of settings gives: `type Options = ParsedSettings<typeof settings>`. */
export type ParsedSettings<T> = T extends Settings<infer Output> ? Output : never;

/**
 * Defines the settings of a service or command once; types, parsing and documentation follow.
 * @throws ConfigError `BAD_DEFINITION` for a flag that cannot be read, one with neither flag nor variable, or a clash
 */
export function defineSettings<const Definition extends Readonly<Record<string, Setting>>>(
  definition: Definition,
): Settings<SettingsOutput<Definition>> {
  const defined = checkDefinition(definition);
  return Object.freeze({
    parse: (input: SettingsInput) => parseSettings(defined, input) as SettingsOutput<Definition>,
    options: () => flagHelp(defined),
    markdown: () => markdownTable(defined),
  });
}
