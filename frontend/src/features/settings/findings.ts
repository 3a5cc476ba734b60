import type { Finding } from '@/backend';
import { duration, errorText, i18n } from '@/i18n';

/** The parts of a connection check; the code of a finding begins with its part. */
export const checkParts = ['network', 'local', 'servers', 'udp', 'router', 'relay', 'clock'] as const;
export type CheckPart = (typeof checkParts)[number];

/** Which part a finding is about; undefined for one that this interface does not know. */
export function partOf(finding: Finding): CheckPart | undefined {
  return checkParts.find((part) => finding.code.startsWith(`${part}-`));
}

/** What a finding says, in the language of the window; in English when it has no words for it. */
export function findingText({ code, message, params }: Finding): string {
  const key = `about.cause.${code}`;
  if (!i18n.exists(key)) return message;
  const { cause, seconds, host } = params;
  return i18n.t(key, {
    ...params,
    reason:
      cause === undefined ? '' : errorText({ code: cause, message, params: { address: host ?? '', host: host ?? '' } }),
    host: host ?? '',
    time: seconds === undefined ? '' : aboutAs(Number(seconds)),
  });
}

/** A length in the largest unit that says enough of it. */
function aboutAs(seconds: number): string {
  const unit = seconds >= 2 * 86_400 ? 86_400 : seconds >= 2 * 3600 ? 3600 : seconds >= 180 ? 60 : 1;
  return duration(Math.round(seconds / unit) * unit);
}

/** The report as plain text, to send to somebody who helps. */
export function reportOf(findings: readonly Finding[], version: string): string {
  const { t } = i18n;
  const lines = findings.map((finding) => {
    const part = partOf(finding);
    const name = part ? t(`about.part_${part}`) : finding.code;
    return `${name} [${t(`about.grade.${finding.grade}`)}] ${findingText(finding)}`;
  });
  return [t('about.version', { version }), ...lines].join('\n');
}
