/** A second-level heading of a card and what stands under it, trimmed. */
export interface CardSection {
  readonly heading: string;
  readonly text: string;
}

/** Text for a card, taken apart. */
export interface CardText {
  /** What stands before the first second-level heading, less the title. */
  readonly opening: string;
  readonly sections: readonly CardSection[];
}

/** Takes Markdown apart at its second-level headings (`## Data`); what looks like one in a code block is none. */
export function cardSections(markdown: string): CardText {
  const sections: { heading: string; lines: string[] }[] = [];
  const opening: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
    }
    const heading = fence === undefined ? /^##\s+(.+?)\s*#*\s*$/.exec(line)?.[1] : undefined;
    if (heading !== undefined) sections.push({ heading, lines: [] });
    else (sections.at(-1)?.lines ?? opening).push(line);
  }
  return {
    opening: opening.join('\n').trim().replace(/^#\s.*/, '').trim(), // prettier-ignore
    sections: sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n').trim() })),
  };
}
