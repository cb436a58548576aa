import protobuf from 'protobufjs';

/**
 * The parts of TensorFlow's messages that a SavedModel of ours needs, with the field numbers of
 * tensorflow/core/framework and tensorflow/core/protobuf (stable since TensorFlow 1.0).
 */
const SCHEMA = `
syntax = "proto3";
message Dim { int64 size = 1; }
message Shape { repeated Dim dim = 2; bool unknown_rank = 3; }
message Tensor {
  int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4;
  repeated float float_val = 5; repeated int32 int_val = 7; repeated bool bool_val = 11; repeated int32 half_val = 13;
}
message List { repeated int64 i = 3; }
message Attribute {
  oneof value { List list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7; Tensor tensor = 8; }
}
message Node { string name = 1; string op = 2; repeated string input = 3; map<string, Attribute> attr = 5; }
message Versions { int32 producer = 1; int32 min_consumer = 2; }
message Graph { repeated Node node = 1; Versions versions = 4; }
message TensorInfo { string name = 1; int32 dtype = 2; Shape tensor_shape = 3; }
message Signature { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
message MetaInfo { repeated string tags = 4; string tensorflow_version = 5; }
message MetaGraph { MetaInfo meta_info_def = 1; Graph graph_def = 2; map<string, Signature> signature_def = 5; }
message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }
`;

const SavedModel = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('SavedModel');

/** Bytes of a `saved_model.pb`. @param message as the schema above has it, field names unchanged */
export function encodeSavedModel(message: object): Uint8Array {
  return SavedModel.encode(SavedModel.fromObject(message)).finish();
}
