import { afterEach, describe, expect, it } from 'vitest';
import { dateAndTime, dateOf, dayLabel, digitGroups, listTime, setLanguage, timeAgo } from './index';

const now = new Date(2026, 10, 21, 10, 45);
const at = (day: number, hour = 9, month = 10, year = 2026) => new Date(year, month, day, hour, 5).toISOString();

afterEach(() => setLanguage('en'));

describe('times', () => {
  it('are relative within a day and absolute after it', () => {
    expect(listTime(at(21), now)).toBe('09:05');
    expect(listTime(at(18), now)).toBe('Wed');
    expect(listTime(at(12), now)).toBe('12 Nov');
    expect(listTime(at(12, 9, 10, 2024), now)).toBe('12 Nov 2024');
    expect(dayLabel(at(21, 0), now)).toBe('Today');
    expect(dayLabel(at(20, 23), now)).toBe('Yesterday');
    expect(dayLabel(at(18), now)).toBe('Wednesday');
    expect(dayLabel(at(4, 9, 2), now)).toBe('4 March');
    expect(dateOf(at(4, 9, 2, 2025), now)).toBe('4 March 2025');
    expect(dateAndTime(at(21), now)).toBe('09:05');
    expect(dateAndTime(at(20), now)).toBe('20 November at 09:05');
    expect(dateAndTime(at(24), now)).toBe('24 November at 09:05');
  });

  it('are so long ago, within a day', async () => {
    const earlier = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
    expect(timeAgo(earlier(-3), 'long', now)).toBe('now');
    expect(timeAgo(earlier(12), 'long', now)).toBe('12 minutes ago');
    expect(timeAgo(earlier(12), 'short', now)).toBe('12 min ago');
    expect(timeAgo(earlier(23 * 60 + 59), 'long', now)).toBe('23 hours ago');
    expect(timeAgo(earlier(24 * 60), 'long', now)).toBe('20 November at 10:45');
    expect(timeAgo(earlier(24 * 60), 'short', now)).toBe('Fri');
    await setLanguage('zh-CN');
    expect(timeAgo(earlier(12), 'long', now)).toBe('12分钟前');
  });

  it('follow the language', async () => {
    await setLanguage('zh-CN');
    expect(listTime(at(18), now)).toBe('周三');
    expect(dayLabel(at(20), now)).toBe('昨天');
    expect(dateOf(at(4, 9, 2), now)).toBe('3月4日');
  });
});

describe('digitGroups', () => {
  it('makes groups of five', () => {
    expect(digitGroups('30921 77450')).toEqual(['30921', '77450']);
    expect(digitGroups('3092177450')).toEqual(['30921', '77450']);
    expect(digitGroups('')).toEqual([]);
  });
});
