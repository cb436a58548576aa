import { createInterface } from 'node:readline';

type Message = Readonly<Record<string, unknown>>;

/**
 * A side's end of the line: says `first`, then answers each request `{"do": name, …}` with what `handlers[name]` returns,
 * one after the other, until standard input ends. An error ends the process, which the other end tells.
 */
export async function answerLines(
  first: Message,
  handlers: Readonly<Record<string, (request: Message) => Message | Promise<Message>>>,
): Promise<void> {
  const reply = (message: Message): void => {
    process.stdout.write(JSON.stringify(message) + '\n');
  };
  reply(first);
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Message;
    const handler = handlers[String(request['do'])];
    if (handler === undefined) throw new Error(`Unknown request: ${line}`);
    reply(await handler(request));
  }
}
