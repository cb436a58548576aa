import { REFLECTION_PAD, REFLECTION_PAD_GRADIENT, type ReflectionPadAttributes } from '@kinemacolor/tensor';
import { int } from '../graph/attribute.js';
import type { Rules } from './rule.js';

/** Whole until `passes/reflection-padding.ts` lowers them: it knows the device. */
export const reflectionPaddingRules: Rules = {
  [REFLECTION_PAD]: ({ inputs: { x }, attributes, graph }) => {
    const { pad } = attributes as ReflectionPadAttributes;
    const [b, h, w, c] = x!.shape as [number, number, number, number];
    const output = { shape: [b, h + 2 * pad, w + 2 * pad, c], dtype: x!.dtype };
    return graph.op('ReflectionPad', [x!], output, { pad: int(pad) });
  },
  [REFLECTION_PAD_GRADIENT]: ({ inputs: { dy }, attributes, graph }) => {
    const { pad } = attributes as ReflectionPadAttributes;
    const [b, h, w, c] = dy!.shape as [number, number, number, number];
    const output = { shape: [b, h - 2 * pad, w - 2 * pad, c], dtype: dy!.dtype };
    return graph.op('ReflectionPadGrad', [dy!], output, { pad: int(pad) });
  },
};
