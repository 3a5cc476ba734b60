import type { Finding } from '@/backend';
import { duration, errorText, i18n, number } from '@/i18n';

/** The parts of a connection check; the code of a finding begins with its part. */
export const checkParts = [
  'network',
  'local',
  'servers',
  'udp',
  'router',
  'relay',
  'clock',
  'database',
  'mailbox',
] as const;
export type CheckPart = (typeof checkParts)[number];

/** Which part a finding is about; undefined for one that this interface does not know. */
export function partOf(finding: Finding): CheckPart | undefined {
  return checkParts.find((part) => finding.code.startsWith(`${part}-`));
}

/** What a finding says, in the language of the window; in English when it has no words for it. */
export function findingText({ code, message, params }: Finding): string {
  const key = `about.cause.${code}`;
  if (!i18n.exists(key)) return message;
  const { cause, seconds, host, messages, took } = params;
  return i18n.t(key, {
    ...params,
    reason:
      cause === undefined ? '' : errorText({ code: cause, message, params: { address: host ?? '', host: host ?? '' } }),
    host: host ?? '',
    time: seconds === undefined ? '' : aboutAs(Number(seconds)),
    messages: i18n.t('about.messages', { count: Number(messages ?? 0) }),
    took: tookText(Number(took ?? 0)),
  });
}

/** Milliseconds as seconds: "0.8". */
export const tookText = (milliseconds: number) => number(Math.max(0.1, Math.round(milliseconds / 100) / 10));

/** A length in the largest unit that says enough of it. */
function aboutAs(seconds: number): string {
  const unit = seconds >= 2 * 86_400 ? 86_400 : seconds >= 2 * 3600 ? 3600 : seconds >= 180 ? 60 : 1;
  return duration(Math.round(seconds / unit) * unit);
}
