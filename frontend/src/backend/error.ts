import type { ErrorDetail } from './types';

/** A refused call. The code chooses the translation, the params fill it, the message is the English sentence. */
export class BackendError extends Error {
  readonly code: string;
  readonly params: Record<string, string>;

  constructor(detail: ErrorDetail) {
    super(detail.message);
    this.name = 'BackendError';
    this.code = detail.code;
    this.params = detail.params;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function stringParams(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function detailOf(value: unknown): ErrorDetail | undefined {
  if (!isRecord(value) || typeof value.code !== 'string') return undefined;
  return {
    code: value.code,
    message: typeof value.message === 'string' ? value.message : '',
    params: stringParams(value.params),
  };
}

/** Whatever a call rejected with, as a BackendError: an object with a code, its JSON text, an Error, or a plain string. */
export function toBackendError(reason: unknown): BackendError {
  if (reason instanceof BackendError) return reason;
  const detail = detailOf(reason);
  if (detail) return new BackendError(detail);
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
  if (text.startsWith('{')) {
    try {
      const parsed = detailOf(JSON.parse(text));
      if (parsed) return new BackendError(parsed);
    } catch {
      // Not JSON after all: it is only a sentence.
    }
  }
  return new BackendError({ code: 'internal', message: text, params: {} });
}
