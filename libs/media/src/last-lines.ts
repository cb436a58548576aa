/** Reads a program's messages: keeps the last lines in a ring and counts those that match, whatever their number. */
export class LastLines {
  readonly #ring: string[] = [];
  #partial = '';
  #listener: ((line: string) => void) | undefined;

  constructor(private readonly capacity: number) {}

  onLine(listener: (line: string) => void): void {
    this.#listener = listener;
  }

  push(text: string): void {
    const pieces = (this.#partial + text).split(/\r\n|\n|\r/);
    // A program that never ends its line must not fill the memory.
    this.#partial = (pieces.pop() ?? '').slice(-4096);
    for (const piece of pieces) this.#keep(piece);
  }

  end(): void {
    if (this.#partial !== '') this.#keep(this.#partial);
    this.#partial = '';
  }

  get lines(): readonly string[] {
    return this.#ring;
  }

  #keep(line: string): void {
    if (line.trim() === '') return;
    this.#listener?.(line);
    this.#ring.push(line.slice(0, 1000));
    if (this.#ring.length > this.capacity) this.#ring.shift();
  }
}
