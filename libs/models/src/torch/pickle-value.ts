import { ModelError } from '../model-error.js';

/** The name of a Python object that a pickle refers to. A name is all it is: nothing is looked up or run. */
export class GlobalName {
  constructor(
    readonly module: string,
    readonly member: string,
  ) {}

  toString(): string {
    return `${this.module}.${this.member}`;
  }
}

/** What a host may put into the value in place of a Python object: anything that it marks as its own. */
export interface HostObject {
  readonly kind: string;
}

export type PickleValue =
  null | boolean | number | bigint | string | PickleValue[] | Map<PickleValue, PickleValue> | GlobalName | HostObject;

/** The two doors of a pickle to the world. Both must throw a ModelError for what they do not know. */
export interface PickleHost {
  /** Stands in for `callable(*args)`. */
  call(callable: GlobalName, args: readonly PickleValue[]): PickleValue;
  /** Says whether the name may appear at all. */
  admit(name: GlobalName): void;
  /** Stands in for an object that is stored outside the pickle. */
  persistent(id: PickleValue): PickleValue;
}

/** A host for pickles that hold plain values alone. */
export const plainValuesOnly: PickleHost = {
  admit: (name) => {
    throw new ModelError('UNSUPPORTED', `it asks for ${name.toString()} where a plain value belongs`);
  },
  call: (callable) => {
    throw new ModelError('UNSUPPORTED', `it calls ${callable.toString()} where a plain value belongs`);
  },
  persistent: () => {
    throw new ModelError('CORRUPT', 'a stored object stands where a plain value belongs');
  },
};
