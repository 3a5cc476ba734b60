import { describe, expect, it } from 'vitest';
import { sampleConversation } from '@/backend/samples';
import { findPeople, matchOfName, recentPeople } from './people';

const rows = [
  sampleConversation('ban', { name: 'Anders Bann', contact: 'banned' }),
  sampleConversation('li', { name: '李小梅' }),
  sampleConversation('hanna', { name: 'Hanna Olsen' }),
  sampleConversation('tomas', { name: 'Tomás Ángel Reyes' }),
  sampleConversation('ana', { name: 'Ana Duarte' }),
  sampleConversation('elif', { name: 'Elif', handle: 'anker@lines.example.net' }),
  sampleConversation('anne', { name: 'Anne-Marie Ruiz' }),
];
const found = (text: string, most = 20) => findPeople(rows, text, most).people.map(({ row }) => row.id);

describe('findPeople', () => {
  it('puts who begins so first, then words, then what is inside, then handles, and banned people last', () => {
    expect(found('an')).toEqual(['ana', 'anne', 'tomas', 'hanna', 'elif', 'ban']);
  });

  it.each([
    ['the beginning of a second name', 'duar', ['ana']],
    ['without accents or case', 'TOMAS', ['tomas']],
    ['after a hyphen', 'marie', ['anne']],
    ['Chinese from any letter', '梅', ['li']],
    ['both words in any order', 'ruiz anne', ['anne']],
    ['a handle, with or without its sign', '@anker', ['elif']],
    ['the server of a handle', 'lines.ex', ['elif']],
    ['a name with a space', 'ana d', ['ana']],
    ['nobody', 'xyz', []],
    ['nothing', '  ', []],
  ])('finds %s', (_what, text, ids) => expect(found(text)).toEqual(ids));

  it('says where it stands in the name, and how many more there are', () => {
    const { people, more } = findPeople(rows, 'ange', 5);
    expect(people[0]?.match).toEqual({ start: 6, end: 10 });
    expect(more).toBe(0);
    expect(findPeople(rows, 'an', 2).more).toBe(4);
  });

  it('survives names that are no names', () => {
    const odd = ['', '🙂🙂', '\u202eolleh', 'z\u0300\u0301\u0302'.repeat(300), ' '.repeat(1000), '[(*'].map(
      (name, index) => sampleConversation(`odd-${index}`, { name }),
    );
    for (const text of ['🙂', '[(*', '\u202e', 'z', '\\', 'a'.repeat(200)])
      expect(() => findPeople(odd, text, 8)).not.toThrow();
    expect(findPeople(odd, '[(', 8).people.map(({ row }) => row.id)).toEqual(['odd-5']);
  });

  it('folds a name once and segments only what is shown, among 2,000', () => {
    let reads = 0;
    const many = Array.from({ length: 2000 }, (_, index) => {
      const row = sampleConversation(`p${index}`, { name: '' });
      const name = `Person ${index} ${'Ångström'.repeat(3)}`;
      const get = () => {
        reads += 1;
        return name;
      };
      return Object.defineProperty(row, 'name', { get });
    });
    findPeople(many, 'person', 8);
    expect(reads).toBeLessThanOrEqual(2000 + 8);
    for (const text of ['ang', 'angs', '19', '199', 'nobody']) {
      reads = 0;
      expect(findPeople(many, text, 8).people.length).toBeLessThanOrEqual(8);
      expect(reads).toBeLessThanOrEqual(8);
    }
  });
});

describe('recentPeople', () => {
  const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
  const recent = (visited: string[], open = '', most = 3) =>
    recentPeople(byId, rows, visited, open, most).map(({ row }) => row.id);

  it('begins with those that were opened before, without the open one and without gone ones', () => {
    expect(recent(['ana', 'elif', 'gone', 'li'], 'ana')).toEqual(['elif', 'li', 'ban']);
    expect(recent([])).toEqual(['ban', 'li', 'hanna']);
    expect(recent([], 'ban')).toEqual(['li', 'hanna', 'tomas']);
  });
});

describe('names', () => {
  it.each([
    ['Tomás Reyes', 'TOMAS', 'Tomás'],
    ['李小梅', ' 小梅 ', '小梅'],
    ['Ångström', 'strom', 'ström'],
    ['ﬁsh and chips', 'is', 'ﬁs'],
    ['Priya Raman', 'r', 'R'],
    ['Ana', 'zzz', undefined],
    ['Ana', ' ', undefined],
  ])('of %s: %s marks %s', (name, text, marked) => {
    const range = matchOfName(name, text);
    expect(range && name.slice(range.start, range.end)).toBe(marked);
  });
});
