/** A text as a terminal may be shown it: a file may have a name that would colour, move or clear what is there. Lines stay lines. */
export const printable = (text: string): string => text.replaceAll(/[^\P{Cc}\n]/gu, '?');

/** The same for a name, which is one line. */
export const printableName = (name: string): string => name.replaceAll(/\p{Cc}/gu, '?');
