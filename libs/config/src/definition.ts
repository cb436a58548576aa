import { ConfigError } from './config-error.js';
import { parseFlag, type Flag } from './flag.js';
import type { Setting } from './setting.js';

/** A setting of a checked definition. */
export interface DefinedSetting {
  readonly key: string;
  readonly setting: Setting;
  readonly flag: Flag | undefined;
}

const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/** @throws ConfigError `BAD_DEFINITION` listing all that is wrong: an error of the program, not of its user. */
export function checkDefinition(definition: Readonly<Record<string, Setting>>): readonly DefinedSetting[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  const claim = (name: string, key: string): void => {
    const owner = owners.get(name);
    if (owner !== undefined) problems.push(`${key}: the name "${name}" belongs to ${owner} already`);
    else owners.set(name, key);
  };
  const defined = Object.entries(definition).map(([key, setting]): DefinedSetting => {
    const flag = setting.flag === undefined ? undefined : parseFlag(setting.flag);
    if (setting.flag !== undefined && flag === undefined) {
      problems.push(`${key}: "${setting.flag}" is not a flag; write it like "--render-size <pixels>"`);
    }
    if (setting.env !== undefined && !VARIABLE.test(setting.env)) {
      problems.push(`${key}: "${setting.env}" is not a variable; write it like "KINEMACOLOR_RENDER_SIZE"`);
    }
    if (setting.flag === undefined && setting.env === undefined)
      problems.push(`${key}: it has neither a flag nor a variable`);
    // `--audio` and `--no-audio` would arrive under one name.
    if (flag !== undefined) claim(flag.attribute, key);
    if (setting.env !== undefined) claim(setting.env, key);
    return { key, setting, flag };
  });
  if (problems.length > 0) throw new ConfigError('BAD_DEFINITION', problems);
  return Object.freeze(defined);
}
