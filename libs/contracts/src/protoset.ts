/**
 * The descriptors of every service and message, a serialised `google.protobuf.FileDescriptorSet`: what gRPC reflection
 * serves, and `grpcurl -protoset` reads. The same file beside `src` and `dist`.
 */
export const PROTOSET = new URL('../protoset.bin', import.meta.url);
