export const kinds = ['socks5', 'http', 'https'] as const;
export type ProxyKind = (typeof kinds)[number];

/** A proxy's address in the parts that it is written in. */
export interface ProxyParts {
  kind: ProxyKind;
  host: string;
  port: string;
  name: string;
  password: string;
}

const form = /^(socks5|https?):\/\/(?:([^:@]*)(?::([^@]*))?@)?(.+):(\d+)$/;

/** The parts of an address that was kept; those of none for "". */
export function proxyParts(address: string): ProxyParts {
  const [, kind = 'socks5', name = '', password = '', host = '', port = ''] = form.exec(address) ?? [];
  return {
    kind: kind as ProxyKind,
    host,
    port,
    name: decodeURIComponent(name),
    password: decodeURIComponent(password),
  };
}

/** The address of its parts, undefined when they are none. */
export function proxyAddress({ kind, host, port, name, password }: ProxyParts): string | undefined {
  const place = host.trim().replace(/^\[|\]$/g, '');
  const number = /^\d{1,5}$/.test(port.trim()) ? Number(port) : 0;
  if (!/^[\w.:-]+$/.test(place) || number < 1 || number > 65535) return undefined;
  const user = encodeURIComponent(name);
  const who = name === '' ? '' : `${password === '' ? user : `${user}:${encodeURIComponent(password)}`}@`;
  return `${kind}://${who}${place.includes(':') ? `[${place}]` : place}:${number}`;
}
