import type { DataType } from './data-type.js';

/** An attribute of a node. Types that follow from inputs and outputs are not among them: see `type-attributes.ts`. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly bool: boolean }
  | { readonly string: string }
  | { readonly dtype: DataType }
  | { readonly shape: readonly number[] };

export const int = (value: number): Attribute => ({ int: value });
export const ints = (values: readonly number[]): Attribute => ({ ints: values });
export const float = (value: number): Attribute => ({ float: value });
export const bool = (value: boolean): Attribute => ({ bool: value });
export const string = (value: string): Attribute => ({ string: value });
export const dtype = (value: DataType): Attribute => ({ dtype: value });
export const shape = (value: readonly number[]): Attribute => ({ shape: value });
