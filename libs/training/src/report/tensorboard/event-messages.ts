import protobuf from 'protobufjs';

/**
 * The parts of TensorFlow's Event and Summary messages that a training run needs, with the field numbers of
 * tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
 */
const SCHEMA = `
syntax = "proto3";
message Shape {}
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated bytes string_val = 8; }
message PluginData { string plugin_name = 1; }
message Metadata { PluginData plugin_data = 1; int32 data_class = 4; }
message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
message Value {
  string tag = 1; Metadata metadata = 9;
  oneof value { float simple_value = 2; Image image = 4; Tensor tensor = 8; }
}
message Summary { repeated Value value = 1; }
message SessionLog { int32 status = 1; }
message Event {
  double wall_time = 1; int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
}
`;

const Event = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('Event');

const STRING_TENSOR = 7;
const TENSOR_DATA = 2;
const RGB = 3;
export const SESSION_START = 1;

/** One value of a summary, as the schema above has it. */
export type SummaryValue =
  | { readonly tag: string; readonly simple_value: number }
  | { readonly tag: string; readonly image: object }
  | { readonly tag: string; readonly metadata: object; readonly tensor: object };

export type EventMessage = { readonly wall_time: number; readonly step?: number } & (
  | { readonly file_version: string }
  | { readonly summary: { readonly value: readonly SummaryValue[] } }
  | { readonly session_log: { readonly status: number } }
);

export function encodeEvent(message: EventMessage): Uint8Array {
  return Event.encode(Event.create(message)).finish();
}

/** The message as an object of the schema's shape; steps as numbers, bytes as a `Buffer`. */
export function decodeEvent(bytes: Uint8Array): Record<string, unknown> {
  return Event.toObject(Event.decode(bytes), { longs: Number });
}

export const scalarValue = (tag: string, value: number): SummaryValue => ({ tag, simple_value: value });

/** @param bytes a JPEG or PNG */
export const imageValue = (tag: string, bytes: Uint8Array, size: { width: number; height: number }): SummaryValue => ({
  tag,
  image: { ...size, colorspace: RGB, encoded_image_string: bytes },
});

/** @param markdown TensorBoard shows it formatted */
export const textValue = (tag: string, markdown: string): SummaryValue => ({
  tag,
  metadata: { plugin_data: { plugin_name: 'text' }, data_class: TENSOR_DATA },
  tensor: { dtype: STRING_TENSOR, tensor_shape: {}, string_val: [Buffer.from(markdown, 'utf8')] },
});
