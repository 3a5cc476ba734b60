import type { Finding, LogLine, Network } from '@/backend';
import { errorText, i18n } from '@/i18n';
import { findingText, partOf } from './findings';

/** How those are called that a line is about, by ID. */
export interface Names {
  person: (conversation: string) => string;
  server: (id: string) => string;
}

const subjects = { l: 'line', s: 'server', b: 'ban', m: 'mailbox', c: 'check' } as const;

/** What a line of the log is about, by the first letter of its kind, and with whom. */
export function subjectText({ kind, conversation }: LogLine, names: Names): string {
  const subject = i18n.t(`about.subject.${subjects[kind.charAt(0) as keyof typeof subjects]}`);
  return kind.startsWith('line') ? `${subject} ${names.person(conversation)}` : subject;
}

/** Whether several in one line are told as a number behind it: others have it in their sentence. */
const repeats = /^(line|ban|server-down|mail-refused)/;

/** What happened. */
export function logText(line: LogLine, names: Names): string {
  const times = line.count > 1 && repeats.test(line.kind) ? ` × ${line.count}` : '';
  return saidOf(line, names) + times;
}

function saidOf({ kind, rtt, count, path, problem, code, ...line }: LogLine, names: Names): string {
  const { t } = i18n;
  const server = line.server && names.server(line.server);
  if (kind === 'line-open') {
    const state = t(`line.${path as 'lan' | 'direct' | 'relayed'}`);
    const way = rtt < 0 ? state : t('line.withDelay', { state, delay: rtt });
    return server ? `${way} · ${server}` : way;
  }
  if (kind === 'check') return count > 0 ? t('about.troubles', { count }) : t('about.fine');
  if (kind === 'server-down' && code !== kind) {
    return `${server}: ${errorText({ code, message: code, params: { address: server, host: server } })}`;
  }
  const from = line.from || t('message.somebody');
  const name = names.person(line.conversation);
  return t(kind === 'server-up' && problem ? 'about.event.slow' : `about.event.${kind}`, {
    ...{ server, rtt, count, name, from, rule: line.rule || '…' },
  });
}

/** The report as plain text, to send to somebody who helps: numbers stand for people and servers, and it has no addresses. */
export function reportOf(
  findings: readonly Finding[],
  lines: readonly LogLine[],
  version: string,
  { servers }: Network,
): string {
  const { t } = i18n;
  const people: string[] = [];
  const hosts: string[] = [];
  const numbered = (list: string[], one: string) => list.indexOf(one) + 1 || list.push(one);
  const host = (address: string) => `${t('about.subject.server')} ${numbered(hosts, hostOf(address))}`;
  const names: Names = {
    person: (id) => `#${numbered(people, id)}`,
    server: (id) => host(servers.find((one) => one.id === id)?.address ?? id),
  };
  const hidden: Record<string, (value: string) => string> = {
    host,
    hosts: (all) => all.split(', ').map(host).join(', '),
    address: () => '…',
  };
  const found = findings.map((finding) => {
    const part = partOf(finding);
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(finding.params)) params[name] = hidden[name]?.(value) ?? value;
    const text = findingText({ ...finding, message: '', params });
    return `${part ? t(`about.part_${part}`) : finding.code} [${t(`about.grade.${finding.grade}`)}] ${text}`;
  });
  const happened = lines.map(
    (line) => `${line.time}  ${subjectText(line, names)}  ${logText({ ...line, rule: '', from: '' }, names)}`,
  );
  return [t('about.version', { version }), ...found, ...happened].join('\n');
}

/** An address without its port. */
export const hostOf = (address: string) => address.replace(/:\d+$/, '');
