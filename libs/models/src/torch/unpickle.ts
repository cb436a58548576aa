import { ModelError } from '../model-error.js';
import { Op } from './pickle-opcodes.js';
import { PickleReader } from './pickle-reader.js';
import { GlobalName, type PickleHost, type PickleValue } from './pickle-value.js';

const highestProtocol = 2;

/**
 * Reads one pickle (protocol 2 or lower, binary opcodes) from `bytes`, starting at `start`.
 *
 * Tuples and lists both become arrays, dictionaries become Maps. The attributes that BUILD would set on an object are
 * dropped: state dicts use it only for version notes.
 *
 * @returns the value, and the position of the first byte after the pickle
 * @throws ModelError `CORRUPT` or `UNSUPPORTED`
 */
export function unpickle(bytes: Uint8Array, start: number, host: PickleHost): { value: PickleValue; end: number } {
  const reader = new PickleReader(bytes, start);
  const machine = new PickleMachine(reader, host);
  while (machine.step(reader.uint8()));
  return { value: machine.result(), end: reader.position };
}

class PickleMachine {
  readonly #reader: PickleReader;
  readonly #host: PickleHost;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(reader: PickleReader, host: PickleHost) {
    this.#reader = reader;
    this.#host = host;
  }

  result(): PickleValue {
    const value = this.#pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw malformed('values are left over at its end');
    return value;
  }

  /** Carries out one opcode; false after the last. */
  step(op: number): boolean {
    const reader = this.#reader;
    switch (op) {
      case Op.Stop:
        return false;
      case Op.Proto:
        this.#checkProtocol(reader.uint8());
        break;
      case Op.None:
        this.#push(null);
        break;
      case Op.NewTrue:
        this.#push(true);
        break;
      case Op.NewFalse:
        this.#push(false);
        break;
      case Op.BinInt:
        this.#push(reader.int32());
        break;
      case Op.BinInt1:
        this.#push(reader.uint8());
        break;
      case Op.BinInt2:
        this.#push(reader.uint16());
        break;
      case Op.Long1:
        this.#push(reader.long(reader.uint8()));
        break;
      case Op.BinFloat:
        this.#push(reader.float64());
        break;
      case Op.BinUnicode:
        this.#push(reader.text(reader.uint32(), 'utf-8'));
        break;
      case Op.BinString:
        this.#push(reader.text(reader.int32(), 'latin1'));
        break;
      case Op.ShortBinString:
        this.#push(reader.text(reader.uint8(), 'latin1'));
        break;
      case Op.Mark:
        this.#marks.push(this.#stack.length);
        break;
      case Op.EmptyTuple:
      case Op.EmptyList:
        this.#push([]);
        break;
      case Op.Tuple:
        this.#push(this.#popToMark());
        break;
      case Op.Tuple1:
        this.#push(this.#popMany(1));
        break;
      case Op.Tuple2:
        this.#push(this.#popMany(2));
        break;
      case Op.Tuple3:
        this.#push(this.#popMany(3));
        break;
      case Op.Append:
        this.#appendAll(this.#popMany(1));
        break;
      case Op.Appends:
        this.#appendAll(this.#popToMark());
        break;
      case Op.EmptyDict:
        this.#push(new Map());
        break;
      case Op.SetItem:
        this.#setAll(this.#popMany(2));
        break;
      case Op.SetItems:
        this.#setAll(this.#popToMark());
        break;
      case Op.BinPut:
        this.#memo.set(reader.uint8(), this.#top());
        break;
      case Op.LongBinPut:
        this.#memo.set(reader.uint32(), this.#top());
        break;
      case Op.BinGet:
        this.#push(this.#recall(reader.uint8()));
        break;
      case Op.LongBinGet:
        this.#push(this.#recall(reader.uint32()));
        break;
      case Op.Global:
        this.#global();
        break;
      case Op.Reduce:
        this.#reduce();
        break;
      case Op.Build:
        this.#pop();
        this.#top();
        break;
      case Op.BinPersId:
        this.#push(this.#host.persistent(this.#pop()));
        break;
      default:
        throw malformed(
          `opcode 0x${op.toString(16).padStart(2, '0')} at byte ${reader.position - 1} has no place in a state dict`,
        );
    }
    return true;
  }

  #checkProtocol(protocol: number): void {
    if (protocol > highestProtocol) {
      throw new ModelError(
        'UNSUPPORTED',
        `pickle protocol ${protocol} is not read here; save it again with torch.save(state_dict, file), which uses protocol 2`,
      );
    }
  }

  #global(): void {
    const module = this.#reader.line();
    const name = new GlobalName(module, this.#reader.line());
    this.#host.admit(name);
    this.#push(name);
  }

  #reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!(callable instanceof GlobalName) || !Array.isArray(args))
      throw malformed('a call has no name or no arguments');
    this.#push(this.#host.call(callable, args));
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #pop(): PickleValue {
    return this.#popMany(1)[0]!;
  }

  #top(): PickleValue {
    const top = this.#stack.at(-1);
    if (top === undefined) throw malformed('it uses a value that is not there');
    return top;
  }

  #popMany(count: number): PickleValue[] {
    if (this.#stack.length - count < (this.#marks.at(-1) ?? 0)) throw malformed('it uses a value that is not there');
    return this.#stack.splice(this.#stack.length - count, count);
  }

  #popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw malformed('it closes a group that was never opened');
    return this.#stack.splice(mark);
  }

  #recall(index: number): PickleValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw malformed(`it refers to value ${index}, which is not there`);
    return value;
  }

  #appendAll(values: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw malformed('it appends to something that is not a list');
    for (const value of values) list.push(value);
  }

  #setAll(values: readonly PickleValue[]): void {
    const map = this.#top();
    if (!(map instanceof Map)) throw malformed('it sets items of something that is not a dictionary');
    if (values.length % 2 !== 0) throw malformed('a dictionary has a key without a value');
    for (let index = 0; index < values.length; index += 2) map.set(values[index]!, values[index + 1]!);
  }
}

function malformed(what: string): ModelError {
  return new ModelError('CORRUPT', `the pickled description is malformed: ${what}`);
}
