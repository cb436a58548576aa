import { ModelError } from '../model-error.js';

/** Reads little-endian numbers and text from a pickle, and says `CORRUPT` instead of reading past the end. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  #advance(length: number): number {
    const start = this.position;
    if (length < 0 || start + length > this.#bytes.length) {
      throw new ModelError('CORRUPT', `the pickled description ends early (at byte ${this.#bytes.length})`);
    }
    this.position = start + length;
    return start;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Pickle keeps its floats big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Two's complement, little-endian, of any length. */
  long(length: number): bigint {
    const start = this.#advance(length);
    let value = 0n;
    for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(this.#bytes[start + index]!);
    return length === 0 ? 0n : BigInt.asIntN(8 * length, value);
  }

  text(length: number, encoding: 'utf-8' | 'latin1'): string {
    const start = this.#advance(length);
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length).toString(encoding);
  }

  /** Text up to a line feed, as the GLOBAL opcode has it. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    const text = this.text((end < 0 ? this.#bytes.length + 1 : end) - this.position, 'utf-8');
    this.position += 1;
    return text;
  }
}
