import type * as tf from '@tensorflow/tfjs';
import { INSTANCE_NORM, INSTANCE_NORM_GRADIENT, type InstanceNormAttributes } from '@kinemacolor/tensor';
import { float } from '../graph/attribute.js';
import type { Rules } from './rule.js';

/** The instance norms stay whole, for `passes/instance-norm.ts` to lower: it knows precision and device. */
export const normalisationRules: Rules = {
  [INSTANCE_NORM]: ({ inputs: { x }, attributes, graph }) => {
    const { epsilon } = attributes as InstanceNormAttributes;
    const [batch, , , channels] = x!.shape as [number, number, number, number];
    const scale = { shape: [batch, 1, 1, channels], dtype: 'float32' } as const;
    return [...graph.add('InstanceNorm', [x!], [x!, scale], { attributes: { epsilon: float(epsilon) } }).outputs];
  },
  [INSTANCE_NORM_GRADIENT]: ({ inputs: { dy, y, scale }, graph }) =>
    graph.op('InstanceNormGrad', [dy!, y!, scale!], dy!),
  /** tfjs's batch norm for inference: (x − mean) · rsqrt(variance + ε) · scale + offset. */
  FusedBatchNorm: ({ inputs: { x, mean, variance, offset, scale }, attributes, graph }) => {
    const { varianceEpsilon } = attributes as tf.FusedBatchNormAttrs;
    const safe = graph.op('AddV2', [variance!, graph.fill(varianceEpsilon)], variance!);
    const inverse = graph.op('Rsqrt', [safe], safe);
    const factor = scale === undefined ? inverse : graph.op('Mul', [inverse, scale], inverse);
    const centred = graph.op('Sub', [x!, mean!], x!);
    const scaled = graph.op('Mul', [centred, factor], x!);
    return offset === undefined ? scaled : graph.op('AddV2', [scaled, offset], x!);
  },
};
