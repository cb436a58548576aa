/** The tables of a transport stream (ISO/IEC 13818-1) that say which packets belong to a film. */

const packetBytes = 188;
const payloadBytes = packetBytes - 4;
const checkBytes = 4;

export function pidOf(packet: Buffer): number {
  return packet.readUInt16BE(1) & 0x1fff;
}

/** True where a table or a frame begins in this packet. */
export function startsUnit(packet: Buffer): boolean {
  return (packet[1]! & 0x40) !== 0;
}

export function payloadOf(packet: Buffer): Buffer {
  const control = (packet[3]! >> 4) & 3;
  if ((control & 1) === 0) return packet.subarray(packetBytes);
  return packet.subarray(4 + ((control & 2) === 0 ? 0 : 1 + packet[4]!));
}

/** The table that begins in the first of these packets of one number; `undefined` while it is not whole. */
export function tableOf(packets: readonly Buffer[]): Buffer | undefined {
  const payload = Buffer.concat(packets.map(payloadOf));
  const start = 1 + (payload[0] ?? 0);
  if (payload.length < start + 3) return undefined;
  const end = start + 3 + (payload.readUInt16BE(start + 1) & 0xfff);
  return payload.length < end ? undefined : payload.subarray(start, end);
}

/** The number of the packets with the map of the first programme, from the association table. */
export function programMapPidOf(associations: Buffer): number {
  return associations.readUInt16BE(10) & 0x1fff;
}

/** The entries of a programme map for streams whose number is `firstPid` or above. */
export function streamsFrom(map: Buffer, firstPid: number): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 12 + (map.readUInt16BE(10) & 0xfff); at < map.length - checkBytes;) {
    const end = at + 5 + (map.readUInt16BE(at + 3) & 0xfff);
    if ((map.readUInt16BE(at + 1) & 0x1fff) >= firstPid) entries.push(map.subarray(at, end));
    at = end;
  }
  return entries;
}

/** The map with further entries, which may be longer than one packet. */
export function withStreams(map: Buffer, entries: readonly Buffer[]): Buffer {
  const table = Buffer.concat([map.subarray(0, -checkBytes), ...entries, Buffer.alloc(checkBytes)]);
  table.writeUInt16BE((table.readUInt16BE(1) & 0xf000) | (table.length - 3), 1);
  table.writeUInt32BE(checksum(table.subarray(0, -checkBytes)), table.length - checkBytes);
  return table;
}

/** The table in packets; `before` of its packets were sent already. */
export function packetsOf(table: Buffer, pid: number, before: number): Buffer[] {
  const payload = Buffer.concat([Buffer.alloc(1), table]);
  return Array.from({ length: Math.ceil(payload.length / payloadBytes) }, (_, place) => {
    const packet = Buffer.alloc(packetBytes, 0xff);
    packet[0] = 0x47;
    packet.writeUInt16BE((place === 0 ? 0x4000 : 0) | pid, 1);
    packet[3] = 0x10 | ((before + place) & 0xf);
    payload.copy(packet, 4, place * payloadBytes);
    return packet;
  });
}

/** CRC-32 as transport streams have it: polynomial 04C11DB7, from the highest bit on, not inverted. */
function checksum(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
