import { describe, expect, it } from 'vitest';
import { proxyAddress, proxyParts } from './proxy';

describe('the address of a proxy', () => {
  const none = { kind: 'socks5', host: '', port: '', name: '', password: '' } as const;

  it('is the same again after it was taken apart', () => {
    for (const address of [
      'socks5://127.0.0.1:9050',
      'http://proxy.example:3128',
      'https://[2001:db8::1]:443',
      'socks5://ana:s%20e%40t%3A%2F@proxy.example:1080',
      'http://ana@proxy.example:3128',
    ]) {
      expect(proxyAddress(proxyParts(address))).toBe(address);
    }
    expect(proxyParts('')).toEqual(none);
  });

  it('is not made of what is none', () => {
    for (const [host, port] of [
      ['', '1080'],
      ['a b', '1080'],
      ['proxy.example', ''],
      ['proxy.example', '0'],
      ['proxy.example', '65536'],
      ['proxy.example', '10 80'],
      ['ana@proxy.example', '1080'],
      ['http://proxy.example', '1080'],
    ] as const) {
      expect(proxyAddress({ ...none, host, port }), `${host}:${port}`).toBeUndefined();
    }
    expect(proxyAddress({ ...none, host: ' ::1 ', port: ' 1080 ' })).toBe('socks5://[::1]:1080');
  });
});
