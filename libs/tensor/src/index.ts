export { parseDevice, type Device, type DeviceChoice } from './device.js';
export { loadBackend, type Engine } from './backend.js';
export { TensorError, type TensorErrorCode } from './tensor-error.js';
export { reflectionPad2d, reflectionPadGradient } from './ops/reflection-pad.js';
export { INSTANCE_NORM_EPSILON, instanceNorm, instanceNormInference } from './ops/instance-norm.js';
export { nativeBackend, type NativeBackend, type OpAttribute } from './ops/tensorflow-ops.js';
