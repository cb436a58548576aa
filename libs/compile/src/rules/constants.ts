import * as tf from '@tensorflow/tfjs';
import { cast } from '../graph/cast.js';
import type { DataType } from '../graph/data-type.js';
import { int } from '../graph/attribute.js';
import type { Rules } from './rule.js';

export const constantRules: Rules = {
  Fill: ({ attributes, graph }) => {
    const { shape, value, dtype } = attributes as tf.FillAttrs;
    return graph.fill(Number(value), shape, dtype as DataType);
  },
  ZerosLike: ({ inputs: { x }, graph }) => graph.fill(0, x!.shape, x!.dtype),
  OnesLike: ({ inputs: { x }, graph }) => graph.fill(1, x!.shape, x!.dtype),
  Range: ({ attributes, graph }) => {
    const { start, stop, step, dtype } = attributes as tf.RangeAttrs;
    // As in eager tfjs, a step that was left out counts in the direction of the end.
    const by = step === 1 && stop < start ? -1 : step;
    const count = Math.max(0, Math.ceil((stop - start) / by));
    const values = Array.from({ length: count }, (_, i) => start + i * by);
    const typed = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return graph.constant({ kind: 'dense', values: typed }, [count], dtype);
  },
  OneHot: ({ inputs: { indices }, attributes, graph }) => {
    const { depth, onValue, offValue, dtype } = attributes as tf.OneHotAttrs;
    const type = dtype as DataType;
    const values = [graph.ints([depth], []), graph.fill(onValue, [], type), graph.fill(offValue, [], type)];
    return graph.op('OneHot', [indices!, ...values], { shape: [...indices!.shape, depth], dtype: type }, { axis: int(-1) }); // prettier-ignore
  },
  Cast: ({ inputs: { x }, attributes, graph }) => {
    const dtype = (attributes as tf.CastAttrs).dtype as DataType;
    if (dtype !== 'bool' || x!.dtype === 'bool') return cast(graph, x!, dtype);
    return graph.op('NotEqual', [x!, graph.fill(0, [], x!.dtype)], { shape: x!.shape, dtype });
  },
};
