import type { Ban, BanCheck, BanKind, Conversation } from './types';

/** What banning a target would do, as far as a window sees; backend/app/bantarget.go reads targets exactly. */
export function fakeBanCheck(
  kind: BanKind,
  target: string,
  bans: readonly Ban[],
  conversations: readonly Conversation[],
): BanCheck {
  const check: BanCheck = { kind, target, touches: [], suggestion: '' };
  const refuse = (code: string, params: Record<string, string> = {}, suggestion = ''): BanCheck => ({
    ...check,
    suggestion,
    error: { code, message: '', params },
  });
  if (bans.some((ban) => ban.target === target)) return refuse('ban-exists');
  if (kind === 'peer') {
    if (!/^tc1\w+$/.test(target)) return refuse('ban-target', { what: 'peer' });
    const person = conversations.find((row) => row.peerId === target);
    const open = person && ['lan', 'direct', 'relayed'].includes(person.line.state);
    return open ? { ...check, touches: [person.name] } : check;
  }
  const [address = '', length] = target.split('/');
  if (!/^[\d.]+$|^[\da-f:]+$/i.test(address))
    return refuse('ban-target', { what: /[g-z]/i.test(address) ? 'name' : kind });
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  const most = family === 'IPv6' ? 128 : 32;
  if (length === undefined) {
    if (kind === 'range') return refuse('ban-target', { what: 'range' });
    return family === 'IPv6' ? { ...check, suggestion: `${address.split('::')[0]}::/64` } : check;
  }
  if (Number(length) > most) {
    const suggestion = `${address}/24`;
    return refuse('ban-prefix', { prefix: `/${length}`, most: `/${most}`, family, suggestion }, suggestion);
  }
  return { ...check, kind: 'range' };
}
