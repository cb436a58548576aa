/** Text that is HTML already. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: everything but `Markup` is text, and escaped. */
export type Content = Markup | string | number | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML with every value in it escaped, for text and for attributes in quotes; lists are joined, `undefined` is nothing. */
export function markup(parts: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + part + (i < values.length ? render(values[i]) : ''), ''));
}

/** Data for scripts: JSON that cannot end the element it stands in. */
export function embedJson(data: unknown): Markup {
  return new Markup(
    `<script type="application/json">${JSON.stringify(data).replaceAll('<', String.raw`\u003c`)}</script>`,
  );
}

function render(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
  return value.map(render).join('');
}
