export { parseDevice, type Device, type DeviceChoice } from './device.js';
export { loadBackend, type Engine } from './backend.js';
export type { ThreadShare } from './thread-share.js';
export { TensorError, type TensorErrorCode } from './tensor-error.js';
export {
  REFLECTION_PAD,
  REFLECTION_PAD_GRADIENT,
  reflectionPad2d,
  reflectionPadGradient,
  type ReflectionPadAttributes,
} from './ops/reflection-pad.js';
export {
  INSTANCE_NORM,
  INSTANCE_NORM_EPSILON,
  INSTANCE_NORM_GRADIENT,
  instanceNorm,
  instanceNormInference,
  type InstanceNormAttributes,
} from './ops/instance-norm.js';
export { nativeBackend, type NativeBackend, type OpAttribute } from './ops/tensorflow-ops.js';
export { loadSavedModel, type NativeFunction } from './saved-model.js';
