import { StreamingError } from './streaming-error.js';

/** How a client makes itself known, as the URL of a server says it. */
export type UrlLogin = { readonly user: string; readonly pass: string } | { readonly token: string };

/** Where servers are, and what their URLs say of who connects. */
export interface ServerUrls {
  /** The URLs without what is secret in them: these may be shown. */
  readonly servers: readonly string[];
  readonly login: UrlLogin | undefined;
}

/**
 * Takes `nats://USER:PASSWORD@HOST:PORT` (or `TOKEN@`) apart: the NATS library knows no user in a URL, and messages must not
 * show it. What URLs have escaped by % is read as it was meant.
 * @throws StreamingError `NOT_CONNECTED` when servers differ in it: they are those of one cluster
 */
export function readServerUrls(urls: readonly string[]): ServerUrls {
  const parts = urls.map(takeApart);
  const users = new Set(parts.flatMap(({ user }) => (user === undefined ? [] : [user])));
  if (users.size > 1) {
    const shown = parts.map(({ server }) => server).join(', ');
    throw new StreamingError('NOT_CONNECTED', `Give ${shown} the same user and password: they are one cluster.`);
  }
  const [user] = users;
  return { servers: parts.map(({ server }) => server), login: user === undefined ? undefined : loginOf(user) };
}

/** URLs of servers as they may be shown. */
export const withoutSecrets = (urls: readonly string[]): string => urls.map((url) => takeApart(url).server).join(', ');

function takeApart(url: string): { server: string; user: string | undefined } {
  // A password that was not escaped may hold an @ as well; a host cannot.
  const [, scheme = '', user, host = ''] = /^([a-z]+:\/\/)?(?:(.*)@)?(.*)$/is.exec(url.trim()) ?? [];
  return { server: scheme + host, user };
}

function loginOf(user: string): UrlLogin {
  const colon = user.indexOf(':');
  if (colon < 0) return { token: unescaped(user) };
  return { user: unescaped(user.slice(0, colon)), pass: unescaped(user.slice(colon + 1)) };
}

/** A lone % is one that nobody has escaped. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
