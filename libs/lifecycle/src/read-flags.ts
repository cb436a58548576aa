import { parseArgs } from 'node:util';
import { ConfigError, type Settings } from '@kinemacolor/config';

/**
 * The flags of a service's command line, as `settings.parse` takes them: by attribute, text or true (`--no-x`: false).
 * @param argv without the program's name
 * @throws ConfigError `BAD_SETTINGS` for a flag that is not there, one without its value, or a word that is no flag
 */
export function readFlags<T>(settings: Settings<T>, argv: readonly string[]): Record<string, string | boolean> {
  const known = settings.options().map(({ flags }) => flagOf(flags));
  const options = Object.fromEntries(
    known.map(({ long, takesValue }) => [long, { type: takesValue ? ('string' as const) : ('boolean' as const) }]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
    return Object.fromEntries(
      Object.entries(values).flatMap(([long, value]) =>
        value === undefined
          ? []
          : [long.startsWith('no-') ? [attribute(long.slice(3)), false] : [attribute(long), value]],
      ),
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError('BAD_SETTINGS', [error.message], { cause: error });
  }
}

/** What a help page says of the flags: one a line, with what it means, its default and its variable. */
export const flagsHelp = <T>(settings: Settings<T>): string =>
  settings
    .options()
    .map(({ flags, description }) => `  ${flags}\n      ${description}\n`)
    .join('');

/** Of `-s, --render-size <pixels>`. */
function flagOf(text: string): { readonly long: string; readonly takesValue: boolean } {
  const [, long = ''] = /--([a-z0-9-]+)/.exec(text) ?? [];
  return { long, takesValue: text.includes('<') };
}

const attribute = (long: string): string =>
  long.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
