import type { DefinedSetting } from './definition.js';

/** A flag for a command-line parser. */
export interface FlagHelp {
  /** `-s, --render-size <pixels>` */
  readonly flags: string;
  /** Meaning, unit, default and variable, as a help page shows them. */
  readonly description: string;
  /**
   * The default as text, for documentation; undefined without one. Do not hand it to the parser as a value: it would
   * come back as a flag that was given and beat the variable.
   */
  readonly default: string | undefined;
}

/** The flags among the settings, in their order. */
export function flagHelp(defined: readonly DefinedSetting[]): FlagHelp[] {
  return defined.flatMap((one) => {
    const { setting } = one;
    if (setting.flag === undefined) return [];
    const byDefault = defaultText(one);
    // Of a flag that says no it would be read as the flag's own, which is what it takes away.
    const told = byDefault === undefined || one.flag?.negated === true ? undefined : `default: ${byDefault}`;
    const notes = [told, setting.env].filter((note) => note !== undefined);
    const description = meaning(one) + (notes.length > 0 ? ` (${notes.join(', ')})` : '');
    return [{ flags: setting.flag, description, default: byDefault }];
  });
}

/** A Markdown table of all settings: flag, variable, default, meaning. */
export function markdownTable(defined: readonly DefinedSetting[]): string {
  const rows = defined.map((one) => [
    code(one.setting.flag),
    code(one.setting.env),
    code(defaultText(one)),
    cell(meaning(one)),
  ]);
  const lines = [['Flag', 'Variable', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n') + '\n';
}

const meaning = ({ setting }: DefinedSetting): string =>
  setting.unit === undefined ? setting.describe : `${setting.describe}, in ${setting.unit}`;

/** What the schema makes of nothing at all. */
function defaultText({ setting }: DefinedSetting): string | undefined {
  const result = setting.schema.safeParse(undefined);
  if (!result.success || result.data === undefined || setting.secret === true) return undefined;
  return typeof result.data === 'string' ? result.data : JSON.stringify(result.data);
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
const code = (text: string | undefined): string => (text === undefined ? '' : `\`${cell(text)}\``);
