import type { Conversation, SearchHit } from '@/backend';
import {
  askNow,
  type FoundRow,
  findPeople,
  openHit,
  presentConversations,
  type Search,
  type Session,
  search,
  searchMore,
  session,
  showConversation,
} from '@/model';

/** People whose names are shown; the rest is found by writing more of the name. */
const peopleMost = 5;

export interface Options {
  people: FoundRow[];
  /** People beyond those. */
  more: number;
  hits: readonly SearchHit[];
}

/** What can be chosen: people of the rows by name or handle, then messages. Within a conversation only messages. */
export function optionsOf(
  conversations: Session['conversations'],
  rows: readonly Conversation[],
  found: Pick<Search, 'text' | 'scope' | 'hits'>,
): Options {
  return {
    ...(found.scope === '' ? findPeople(rows, found.text, peopleMost) : { people: [], more: 0 }),
    hits: found.hits.filter((hit) => conversations[hit.conversation] !== undefined),
  };
}

/** The id of a person among the options; a message has its own. */
export function personOption(conversation: string): string {
  return `person-${conversation}`;
}

/** The id of an option's element. */
export function elementOf(option: string): string {
  return `found-${option}`;
}

/** The id of the list of results. */
export const listId = 'found';

function optionsNow(): { ids: string[]; options: Options } {
  const { conversations } = session.getState();
  const options = optionsOf(conversations, presentConversations(conversations), search.getState());
  const ids = [...options.people.map(({ row }) => personOption(row.id)), ...options.hits.map((hit) => hit.id)];
  return { ids, options };
}

/** Moves through the options; before the first one is the field itself. */
function step(by: 1 | -1): void {
  const { ids } = optionsNow();
  const { active } = search.getState();
  const next = Math.min(ids.indexOf(active) + by, ids.length - 1);
  search.setState({ active: ids[next] ?? '' });
  if (next >= ids.length - 2) void searchMore();
}

/** Opens an option, or with '' the first one. */
export function openOption(option: string): void {
  const { options } = optionsNow();
  const person = options.people.find(({ row }) => option === '' || personOption(row.id) === option);
  if (person) {
    showConversation(person.row.id);
    return;
  }
  // Messages that answer an earlier word are not what Enter means.
  if (option === '' && search.getState().asking) {
    askNow();
    return;
  }
  const hit = options.hits.find((one) => option === '' || one.id === option);
  if (hit) void openHit(hit);
}

/** What a key does in the field and in the list of results; true when it did something. */
export function runSearchKey(key: string): boolean {
  switch (key) {
    case 'ArrowDown':
      step(1);
      return true;
    case 'ArrowUp':
      step(-1);
      return true;
    case 'Enter':
      openOption(search.getState().active);
      return true;
    default:
      return false;
  }
}
