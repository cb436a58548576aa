/** A way to run the generator, from values in memory to values in memory. */
export interface Form {
  /** What it runs and on what, for the report. */
  readonly how: string;
  /** One picture, `height × width` values, to its chroma, `height × width × 2` values. */
  readonly paint: (picture: Float32Array) => Float32Array | Promise<Float32Array>;
  /** As many pictures as a film would hand over: a form with several workers has several under way. */
  readonly paintAll: (pictures: readonly Float32Array[]) => void | Promise<void>;
}
