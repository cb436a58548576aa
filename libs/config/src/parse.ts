import type { z } from 'zod';
import { ConfigError } from './config-error.js';
import { deepFreeze } from './deep-freeze.js';
import type { DefinedSetting } from './definition.js';

/** Where the values of one run come from. */
export interface SettingsInput {
  /** By the attribute of each flag, as commander's `opts()` gives them (`renderSize`); undefined is "not given". */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Variables; an empty one counts as not set, and those of others are passed over. Default: none. */
  readonly env?: NodeJS.ProcessEnv;
}

interface Given {
  readonly value: unknown;
  readonly by: 'flag' | 'variable' | 'default';
}

/** Flag before variable before default, frozen. @throws ConfigError `BAD_SETTINGS` with every problem */
export function parseSettings(defined: readonly DefinedSetting[], input: SettingsInput): Record<string, unknown> {
  const { flags = {}, env = {} } = input;
  const problems = unknownFlags(defined, flags);
  const output: Record<string, unknown> = {};
  for (const one of defined) {
    const given = find(one, flags, env);
    const result = one.setting.schema.safeParse(given.value);
    if (result.success) output[one.key] = result.data;
    else problems.push(...result.error.issues.map((issue) => `${subject(one, given)}${complaint(one, given, issue)}`));
  }
  if (problems.length > 0) throw new ConfigError('BAD_SETTINGS', problems);
  return deepFreeze(output);
}

function find({ flag, setting }: DefinedSetting, flags: object, env: NodeJS.ProcessEnv): Given {
  const byFlag = flag === undefined ? undefined : own(flags, flag.attribute);
  // Parsers report true for a `--no-audio` that was not given.
  if (byFlag !== undefined && !(flag?.negated === true && byFlag === true)) return { value: byFlag, by: 'flag' };
  const byVariable = setting.env === undefined ? undefined : env[setting.env];
  if (byVariable !== undefined && byVariable !== '') return { value: byVariable, by: 'variable' };
  return { value: undefined, by: 'default' };
}

function unknownFlags(defined: readonly DefinedSetting[], flags: object): string[] {
  const known = new Set(defined.map(({ flag }) => flag?.attribute));
  const unknown = Object.keys(flags).filter((name) => !known.has(name) && own(flags, name) !== undefined);
  const listed = defined.flatMap(({ flag }) => (flag === undefined ? [] : [flag.long]));
  return unknown.map((name) => `--${kebab(name)}: there is no such flag (there are: ${listed.join(', ')})`);
}

/** What is wrong: `--crf 99 (or KINEMACOLOR_CRF)`, `KINEMACOLOR_CRF=99 (or --crf)`. */
function subject({ flag, setting }: DefinedSetting, { value, by }: Given): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const hidden = setting.secret === true || by === 'default';
  const flagText = by === 'flag' && !hidden ? `${flag!.long} ${shown}` : flag?.long;
  const variableText = by === 'variable' && !hidden ? `${setting.env!}=${shown}` : setting.env;
  const [first, second] = by === 'variable' ? [variableText, flagText] : [flagText, variableText];
  if (first === undefined) return second!;
  return second === undefined ? first : `${first} (or ${second})`;
}

function complaint({ setting }: DefinedSetting, { by }: Given, issue: z.core.$ZodIssue): string {
  if (by === 'default') return `: must be given (${setting.describe})`;
  const unit = setting.unit === undefined ? '' : ` (${setting.unit})`;
  const inside = issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  return `${inside}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}${unit}`;
}

const own = (record: object, name: string): unknown =>
  Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
