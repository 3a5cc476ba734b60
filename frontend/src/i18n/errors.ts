import { toBackendError } from '@/backend';
import { dateOf } from './format';
import { i18n } from './translate';

/** The sentence for a refused call: what happened, then what to do. */
export function errorText(reason: unknown): string {
  const { code, message, params } = toBackendError(reason);
  return sentence('errors', code, params, message);
}

/** The sentence for a state of the whole app. */
export function problemText(problem: { code: string; message: string; params: Record<string, string> | null }): string {
  return sentence('problems', problem.code, problem.params ?? {}, problem.message);
}

const moment = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

function sentence(group: 'errors' | 'problems', code: string, params: Record<string, string>, message: string): string {
  const special = `${group}.${code}-${params.what ?? ''}`;
  const key = i18n.exists(special) ? special : `${group}.${code}`;
  // "internal" has a general sentence; what came with it may say more.
  if (code === 'internal' || !i18n.exists(key)) return message || i18n.t('errors.internal');
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, moment.test(value) ? dateOf(value) : value]),
  );
  return i18n.t(key, shown);
}
