import { connectNats } from '../connect.js';
import { takeLeases } from '../leases.js';

/*
 * A process that takes one message, says so, and holds it until it is killed.
 *
 *     node lease-holder.js URL LEASE_MS
 */
const [url, leaseMs] = process.argv.slice(2) as [string, string];
const connection = await connectNats({ servers: [url], name: 'holder' });
const { signal } = new AbortController();
const options = { kind: 'luma', queue: 'all', ahead: 1, leaseMs: Number(leaseMs), signal } as const;
for await (const lease of takeLeases(connection, options)) process.send!(lease.subject);
