import i18next from 'i18next';
import { toBackendError } from '@/backend';
import { dateOf } from './format';

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
  const key = i18next.exists(special) ? special : `${group}.${code}`;
  // "internal" has a general sentence; what came with it may say more.
  if (code === 'internal' || !i18next.exists(key)) return message || i18next.t('errors.internal');
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, moment.test(value) ? dateOf(value) : value]),
  );
  // The keys are not known to the compiler: codes come from outside.
  return (i18next.t as (name: string, values: Record<string, string>) => string)(key, shown);
}
