const MOST_CHARACTERS = 400;

/** What an error says, for somebody elsewhere: one line, of a bounded length, without the folders of this machine. */
export function lastWords(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  const words = line.replaceAll(/(^|[\s"'`(=])\/(?:[^\s/:"'`]+\/)+/g, '$1');
  const short = words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS)}…` : words;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
