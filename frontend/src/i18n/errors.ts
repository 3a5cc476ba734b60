import i18next from 'i18next';
import { toBackendError } from '@/backend';

/** The sentence for a refused call: what happened, then what to do. */
export function errorText(reason: unknown): string {
  const { code, message, params } = toBackendError(reason);
  return sentence('errors', code, params, message);
}

/** The sentence for a state of the whole app. */
export function problemText(problem: { code: string; message: string; params: Record<string, string> | null }): string {
  return sentence('problems', problem.code, problem.params ?? {}, problem.message);
}

function sentence(group: 'errors' | 'problems', code: string, params: Record<string, string>, message: string): string {
  const key = `${group}.${code}`;
  const known = i18next.exists(key) && code !== 'internal';
  // The keys are not known to the compiler: codes come from outside.
  if (known) return (i18next.t as (name: string, values: Record<string, string>) => string)(key, params);
  return message || i18next.t('errors.internal');
}
