import type { Finding, LogKind, LogLine, Network, Server } from '@/backend';
import { errorText, i18n } from '@/i18n';
import { findingText, partOf } from './findings';

/** How those are called that a line is about. */
export interface Names {
  person: (conversation: string) => string;
  /** By ID; the address is that of a finding. */
  server: (id: string, address?: string) => string;
  rule: (line: LogLine) => string;
  from: (line: LogLine) => string;
}

const parts = { l: 'line', s: 'server', b: 'ban', m: 'mailbox', c: 'check' } as const;

/** What a line of the log is about, by the first letter of its kind. */
export const subjectOf = (kind: LogKind) => parts[kind.charAt(0) as keyof typeof parts];

/** Whether several in one line are told as a number behind it: others have it in their sentence. */
const repeats = /^(line|ban|server-down|mail-refused)/;

/** What happened. */
export function logText(line: LogLine, names: Names): string {
  const { t } = i18n;
  const { kind, rtt, count } = line;
  const server = line.server ? names.server(line.server) : '';
  const said = (): string => {
    if (kind === 'line-open') {
      const state = t(`line.${line.path as 'lan' | 'direct' | 'relayed'}`);
      const way = rtt < 0 ? state : t('line.withDelay', { state, delay: rtt });
      return server && line.path === 'relayed' ? `${way} · ${server}` : way;
    }
    if (kind === 'server-up') return t(line.problem ? 'about.event.slow' : 'about.event.server-up', { server, rtt });
    if (kind === 'server-down' && line.code !== 'server-down') {
      return `${server}: ${errorText({ code: line.code, message: line.code, params: { address: server, host: server } })}`;
    }
    if (kind === 'check') return count > 0 ? t('about.troubles', { count }) : t('about.fine');
    const name = line.conversation ? names.person(line.conversation) : '';
    return t(`about.event.${kind}`, { server, name, count, rule: names.rule(line), from: names.from(line) });
  };
  return count > 1 && repeats.test(kind) ? `${said()} × ${count}` : said();
}

/** Names nobody and no address: who is meant several times has the same number. */
function numbered({ servers }: Network): Names {
  const { t } = i18n;
  const people: string[] = [];
  const hosts: string[] = [];
  const place = (list: string[], one: string) => list.indexOf(one) + 1 || list.push(one);
  const bare = (address: string) => address.replace(/:\d+$/, '');
  return {
    person: (conversation) => t('about.contactNumber', { number: place(people, conversation) }),
    server: (id, address) => {
      const known: Server | undefined = servers.find((one) => one.id === id);
      return t('about.serverNumber', { number: place(hosts, bare(address ?? known?.address ?? id)) });
    },
    rule: () => t('about.aRule'),
    from: () => t('message.somebody'),
  };
}

/** The report as plain text, to send to somebody who helps: without names, messages and addresses. */
export function reportOf(
  findings: readonly Finding[],
  lines: readonly LogLine[],
  version: string,
  network: Network,
): string {
  const { t } = i18n;
  const names = numbered(network);
  const host = (address: string) => names.server('', address);
  const found = findings.map((finding) => {
    const part = partOf(finding);
    const { host: one, hosts, address, ...params } = finding.params;
    const hidden = {
      ...params,
      ...(one && { host: host(one) }),
      ...(hosts && { hosts: hosts.split(', ').map(host).join(', ') }),
      ...(address && { address: '…' }),
    };
    const text = findingText({ ...finding, message: finding.code, params: hidden });
    return `${part ? t(`about.part_${part}`) : finding.code} [${t(`about.grade.${finding.grade}`)}] ${text}`;
  });
  const happened = lines.map((line) => {
    const who = line.conversation ? ` ${names.person(line.conversation)}` : '';
    return `${line.time}  ${t(`about.subject.${subjectOf(line.kind)}`)}${who}  ${logText(line, names)}`;
  });
  return [t('about.version', { version }), ...found, '', ...happened].join('\n').trim();
}
