// What a ban would touch, told before it is made. The server reads the text again and has the last word.

const groups = 8; // of 16 bits in an IPv6 address
const widest = { 4: 8, 6: 16 }; // bits of the widest range that the server takes
const household = 64; // bits: whoever has one IPv6 address has a /64

function readIPv4(text) {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { family: 4, bits: 32, value: parts.reduce((value, part) => value * 256n + BigInt(part), 0n) };
}

function readIPv6(text) {
  if (!text.includes(':')) return undefined;
  let name;
  try {
    name = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
  const [before, after] = name.split('::');
  const head = before.split(':').filter(Boolean);
  const tail = (after ?? '').split(':').filter(Boolean);
  const all = [...head, ...Array(groups - head.length - tail.length).fill('0'), ...tail];
  const value = all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  // An IPv4 address in IPv6's clothes is that IPv4 address.
  if (value >> 32n === 0xffffn) return { family: 4, bits: 32, value: value & 0xffff_ffffn, mapped: true };
  return { family: 6, bits: 128, value };
}

function written({ family }, value) {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const text = Array.from({ length: groups }, (_, at) =>
    ((value >> BigInt(16 * (groups - 1 - at))) & 0xffffn).toString(16),
  );
  return new URL(`http://[${text.join(':')}]/`).hostname.slice(1, -1);
}

function reachOfNetwork(address, length) {
  const bits = address.mapped && length >= 96 ? length - 96 : length;
  if (bits > address.bits || bits < widest[address.family]) return undefined;
  // The server counts IPv6 by households.
  const kept = address.family === 6 ? Math.min(bits, household) : bits;
  const loose = BigInt(address.bits - kept);
  const low = (address.value >> loose) << loose;
  const target = `${written(address, low)}/${kept}`;
  if (address.family === 6 && kept === household) return { kind: 'household', target };
  if (kept === address.bits) return { kind: 'address', target: written(address, low) };
  const unit = address.family === 6 ? BigInt(128 - household) : 0n;
  return {
    kind: address.family === 6 ? 'households' : 'range',
    target,
    n: Number(1n << (loose - unit)),
    first: written(address, low),
    last: written(address, low + (1n << loose) - 1n),
  };
}

function reachOfDomain(text) {
  let name;
  try {
    name = new URL(`http://${text.replace(/^\*\./, '')}/`).hostname.replace(/\.$/, '');
  } catch {
    return undefined;
  }
  return /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(name) ? { kind: 'domain', target: name } : undefined;
}

/**
 * What the text of a ban means: its kind ("address", "range", "household", "households", "domain", "peer"), its target and,
 * for ranges, the first and last address and how many. undefined while it means nothing yet.
 */
export function reach(typed) {
  const text = typed.trim();
  if (/^tc1[a-z0-9]{16,}$/i.test(text)) return { kind: 'peer', target: text };
  const [before, length, ...more] = text.split('/');
  const address = readIPv4(before) ?? readIPv6(before.replace(/^\[|\]$/g, ''));
  if (!address) return /[/:@?#\s]/.test(text) ? undefined : reachOfDomain(text);
  if (length === undefined) return reachOfNetwork({ ...address, mapped: false }, address.bits);
  return more.length === 0 && /^(0|[1-9]\d{0,2})$/.test(length) ? reachOfNetwork(address, Number(length)) : undefined;
}
