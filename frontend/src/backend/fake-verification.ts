import { BackendError } from './error';
import { FakeWorld } from './fake-world';
import type { Check, Conversation, NumberCheck, Profile, Safety } from './types';

const number = '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274';

/** What people see in a check of the fake backend. */
export const sampleEmoji = [
  { number: 55, emoji: '🏆' },
  { number: 9, emoji: '🐓' },
  { number: 26, emoji: '🌽' },
  { number: 58, emoji: '🎺' },
  { number: 12, emoji: '🐟' },
  { number: 23, emoji: '🍌' },
  { number: 36, emoji: '👍' },
];

/** A pattern that looks like a code and is none. */
function pattern(size: number): string {
  const dark: string[] = [];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if ((x * 7 + y * 13 + x * y) % 5 < 2) dark.push(`M${x} ${y}h1v1h-1z`);
  return dark.join('');
}

/** The calls about who a contact is. */
export abstract class FakeVerification extends FakeWorld {
  safety = (conversation: string) =>
    this.answer('safety', [conversation], (): Safety => ({ number, qr: pattern(29), qrSize: 29 }));

  compareNumber = (conversation: string, text: string) =>
    this.answer('compareNumber', [conversation, text], (): NumberCheck => {
      const digits = text.normalize('NFKC').replace(/\s/g, '');
      const wanted = number.replaceAll(' ', '');
      const at = [...digits].findIndex((digit, index) => digit !== wanted[index]);
      const clean = /^\d{0,60}$/.test(digits);
      return { same: digits === wanted, digits: digits.length, group: at < 0 ? 0 : 1 + Math.floor(at / 5), clean };
    });

  verify = (conversation: string, same: boolean) =>
    this.answer('verify', [conversation, same], () => this.compared(conversation, same, 'number'));

  unverify = (conversation: string) =>
    this.answer('unverify', [conversation], () =>
      this.change(conversation, {
        verified: { trust: 'none', method: '', since: '' },
        line: { state: 'direct', rtt: 8, host: '' },
      }),
    );

  startCheck = (conversation: string) =>
    this.answer('startCheck', [conversation], () => {
      const asked = this.row(conversation).check?.state === 'asked';
      return this.check(conversation, asked ? { state: 'comparing', emoji: sampleEmoji } : { state: 'waiting' });
    });

  answerCheck = (conversation: string, yes: boolean) =>
    this.answer('answerCheck', [conversation, yes], () =>
      this.check(conversation, yes ? { state: 'comparing', emoji: sampleEmoji } : undefined),
    );

  finishCheck = (conversation: string, same: boolean) =>
    this.answer('finishCheck', [conversation, same], () => {
      const { check } = this.row(conversation);
      if (check?.state !== 'comparing') throw new BackendError({ code: 'check-over', message: '', params: {} });
      if (!same) {
        this.check(conversation, undefined);
        return this.compared(conversation, false, 'emoji');
      }
      if (!check.theySaid) return this.check(conversation, { ...check, said: true });
      this.compared(conversation, true, 'emoji');
      return this.check(conversation, { ...check, state: 'done', said: true });
    });

  retire = () =>
    this.answer('retire', [], (): Profile => {
      this.state.profile = { ...this.state.profile, retired: this.now().toISOString() };
      this.emit({ profile: this.state.profile });
      return this.state.profile;
    });

  /** A check as it is now; undefined: none. */
  check(conversation: string, change: Partial<Check> | undefined): Conversation {
    const { check: before, ...row } = this.row(conversation);
    const next: Check = { state: 'waiting', emoji: [], said: false, theySaid: false, ...change };
    this.put(change ? { ...row, check: { ...before, ...next } } : row);
    const put = this.row(conversation);
    this.emit({ conversations: [put] });
    return put;
  }

  private compared(conversation: string, same: boolean, method: 'number' | 'emoji'): Conversation {
    const since = this.now().toISOString();
    return this.change(conversation, {
      verified: { trust: same ? 'compared' : 'differs', method, since },
      line: same ? { state: 'direct', rtt: 8, host: '' } : { state: 'held', rtt: -1, host: '' },
    });
  }
}
