import type {
  Ban,
  BanCheck,
  BanColumn,
  BanFilter,
  BanKind,
  BanPage,
  BanQuery,
  Conversation,
  ImportedBans,
} from './types';

/** A ban on a person, for good. */
export const plainBan = {
  kind: 'peer',
  name: '',
  color: 8,
  reason: '',
  ends: '',
  ended: false,
  tell: false,
  blocked: 0,
} as const satisfies Partial<Ban>;

/** What a target looks like; backend/app/bantarget.go reads targets exactly. */
export function fakeBanKind(target: string): BanKind {
  if (/^tc1\w+$/.test(target)) return 'peer';
  if (target.startsWith('invite:')) return 'invite';
  if (target.includes('*') || /^[^/:]*[a-z][^/:]*\./i.test(target)) return 'domain';
  return target.includes('/') ? 'range' : 'address';
}

/** What banning a target would do, as far as a window sees. */
export function fakeBanCheck(
  kind: BanKind,
  target: string,
  bans: readonly Ban[],
  conversations: readonly Conversation[],
): BanCheck {
  const check: BanCheck = { kind, target, touches: [], known: [], came: [], asking: 0, count: 0, suggestion: '' };
  const refuse = (code: string, params: Record<string, string> = {}, suggestion = ''): BanCheck => ({
    ...check,
    suggestion,
    error: { code, message: '', params },
  });
  if (bans.some((ban) => ban.target === target)) return refuse('ban-exists');
  if (kind === 'peer') {
    if (!/^tc1\w+$/.test(target)) return refuse('ban-target', { what: 'peer' });
    const person = conversations.find((row) => row.peerId === target);
    if (!person) return check;
    const open = ['lan', 'direct', 'relayed'].includes(person.line.state);
    return { ...check, [open ? 'touches' : 'came']: [person.name], count: 1 };
  }
  if (kind === 'invite') return { ...check, came: conversations.slice(0, 2).map((row) => row.name), count: 2 };
  if (kind === 'domain') {
    if (target === '*') return refuse('ban-domain', { what: 'all' });
    if (/^.+\*/.test(target)) return refuse('ban-domain', { what: 'wildcard' });
    if (/^[\d.]+$/.test(target)) return refuse('ban-domain', { what: 'address' }, target);
    return check;
  }
  const [address = '', length] = target.split('/');
  if (!/^[\d.]+$|^[\da-f:]+$/i.test(address)) return refuse('ban-target', { what: kind });
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

const kinds: readonly BanKind[] = ['peer', 'invite', 'address', 'range', 'domain'];
const filters: Record<BanFilter, readonly BanKind[]> = {
  all: kinds,
  people: ['peer', 'invite'],
  addresses: ['address', 'range'],
  domains: ['domain'],
};

function compare(a: Ban, b: Ban, column: BanColumn): number {
  const name = (ban: Ban) => ban.name || ban.target;
  switch (column) {
    case 'kind':
      return kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
    case 'target':
      return name(a).localeCompare(name(b), undefined, { numeric: true });
    case 'reason':
      return a.reason.localeCompare(b.reason);
    case 'added':
      return a.added < b.added ? -1 : a.added > b.added ? 1 : 0;
    case 'ends':
      return (a.ends || '9').localeCompare(b.ends || '9');
    case 'blocked':
      return a.blocked - b.blocked;
  }
}

/** A page of the list. */
export function fakeBansPage(bans: readonly Ban[], query: BanQuery): BanPage {
  const wanted = query.search.trim().toLowerCase();
  const found = bans
    .filter(
      (ban) =>
        filters[query.filter].includes(ban.kind) &&
        [ban.name, ban.target, ban.reason].some((text) => text.toLowerCase().includes(wanted)),
    )
    .sort(
      (a, b) =>
        (query.descending ? compare(b, a, query.column) : compare(a, b, query.column)) || compare(b, a, 'added'),
    );
  const offset = Math.min(query.offset, Math.floor(Math.max(found.length - 1, 0) / query.limit) * query.limit);
  return {
    bans: found.slice(offset, offset + query.limit),
    offset,
    found: found.length,
    all: bans.length,
    blocked: bans.reduce((sum, ban) => sum + ban.blocked, 0),
  };
}

/** What becomes of the lines of a list; add takes those that are good. */
export function fakeImport(
  text: string,
  check: (kind: BanKind, target: string) => BanCheck,
  add: (check: BanCheck, reason: string) => void,
): ImportedBans {
  const result: ImportedBans = { added: 0, already: 0, refused: 0, errors: [] };
  for (const [index, line] of text.split('\n').entries()) {
    const [target = '', reason = ''] = line.split(/[#;](.*)/).map((part) => part.trim());
    if (target === '') continue;
    const checked = check(fakeBanKind(target), target);
    if (checked.error?.code === 'ban-exists') result.already += 1;
    else if (checked.error) {
      result.refused += 1;
      result.errors.push({ line: index + 1, text: line, error: checked.error });
    } else {
      result.added += 1;
      add(checked, reason);
    }
  }
  return result;
}
