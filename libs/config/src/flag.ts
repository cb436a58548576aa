/** A flag as it is written in a definition: `-s, --render-size <pixels>`, `--resume` or `--no-audio`. */
export interface Flag {
  /** `--render-size`, for messages. */
  readonly long: string;
  /** The name under which a command-line parser such as commander hands the value over: `renderSize`. */
  readonly attribute: string;
  /** `--no-audio` sets `audio` to false; not given, parsers report true. */
  readonly negated: boolean;
}

const SHAPE = /^(?:-[a-zA-Z], )?--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?: (?:<[^<>]+>|\[[^[\]]+\]))?$/;

/** Reads the text of a flag; undefined when it is not written as in {@link Flag}. */
export function parseFlag(text: string): Flag | undefined {
  const name = SHAPE.exec(text)?.[1];
  if (name === undefined) return undefined;
  const negated = name.startsWith('no-');
  const words = negated ? name.slice('no-'.length) : name;
  const attribute = words.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { long: `--${name}`, attribute, negated };
}
