import { describe, expect, it } from 'vitest';
import { BackendError, toBackendError } from './error';

describe('toBackendError', () => {
  it.each([
    ['an object', { code: 'banned', message: 'm', params: { name: 'Ana' } }],
    ['its JSON text', '{"code":"banned","message":"m","params":{"name":"Ana"}}'],
    ['an Error with that text', new Error('{"code":"banned","message":"m","params":{"name":"Ana"}}')],
  ])('reads %s', (_name, reason) => {
    expect(toBackendError(reason)).toMatchObject({ code: 'banned', message: 'm', params: { name: 'Ana' } });
  });

  it.each([
    ['a string', 'it broke', 'it broke'],
    ['an Error', new Error('it broke'), 'it broke'],
    ['text that only looks like JSON', '{broken', '{broken'],
    ['JSON without a code', '{"message":"x"}', '{"message":"x"}'],
    ['nothing', undefined, ''],
    ['a number', 7, ''],
  ])('calls %s internal', (_name, reason, message) => {
    expect(toBackendError(reason)).toMatchObject({ code: 'internal', message, params: {} });
  });

  it('keeps an error that is one already, and drops params that are no text', () => {
    const made = new BackendError({ code: 'x', message: '', params: {} });
    expect(toBackendError(made)).toBe(made);
    expect(toBackendError({ code: 'x', params: { a: 1, b: 'two' } }).params).toEqual({ b: 'two' });
    expect(toBackendError({ code: 'x', params: null }).params).toEqual({});
  });
});
