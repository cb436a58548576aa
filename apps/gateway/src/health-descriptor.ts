import { create, toBinary } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const PACKAGE = 'grpc.health.v1';
const [REQUEST, RESPONSE, STATUS] = ['HealthCheckRequest', 'HealthCheckResponse', 'ServingStatus'] as const;
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

const method = (name: string, serverStreaming: boolean): object => ({
  name,
  inputType: `.${PACKAGE}.${REQUEST}`,
  outputType: `.${PACKAGE}.${RESPONSE}`,
  serverStreaming,
});

/**
 * The descriptors of gRPC's health protocol, a serialised `google.protobuf.FileDescriptorSet`. The library that answers it has none, and without them reflection would not tell grpcurl how to ask. Such sets may be put one behind the other.
 * Source: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 */
export function healthDescriptors(): Uint8Array {
  const file = create(FileDescriptorProtoSchema, {
    name: 'grpc/health/v1/health.proto',
    package: PACKAGE,
    syntax: 'proto3',
    messageType: [
      {
        name: REQUEST,
        field: [{ name: 'service', jsonName: 'service', number: 1, label: Label.OPTIONAL, type: Type.STRING }],
      },
      {
        name: RESPONSE,
        field: [
          {
            name: 'status',
            jsonName: 'status',
            number: 1,
            label: Label.OPTIONAL,
            type: Type.ENUM,
            typeName: `.${PACKAGE}.${RESPONSE}.${STATUS}`,
          },
        ],
        enumType: [{ name: STATUS, value: STATUSES.map((name, number) => ({ name, number })) }],
      },
    ],
    service: [{ name: 'Health', method: [method('Check', false), method('Watch', true)] }],
  });
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [file] }));
}
