import { crc32c } from '@node-rs/crc32';

/**
 * A TFRecord: length (uint64), its checksum, the data, its checksum; all little-endian.
 * Source: tensorflow/core/lib/io/record_writer.cc.
 */
export function frameRecord(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(8 + 4 + data.length + 4);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedChecksum(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return framed;
}

/**
 * The data of the records in a file; a last one that is not whole is left out, as TensorBoard does.
 * @throws Error where a checksum is wrong
 */
export function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  let at = 0;
  while (at + 12 <= file.length) {
    if (file.readUInt32LE(at + 8) !== maskedChecksum(file.subarray(at, at + 8))) throw new Error(`damaged at ${at}`);
    const end = at + 12 + Number(file.readBigUInt64LE(at));
    if (end + 4 > file.length) break;
    const data = file.subarray(at + 12, end);
    if (file.readUInt32LE(end) !== maskedChecksum(data)) throw new Error(`damaged at ${at}`);
    records.push(data);
    at = end + 4;
  }
  return records;
}

/** Turned and shifted, so that the checksum of data that holds checksums stays a good one. */
function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
