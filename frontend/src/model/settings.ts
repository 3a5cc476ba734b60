import { backend, type Settings } from '@/backend';
import { session } from './session';

/** The save that is under way, and what holds if it fails. */
let saving: Promise<void> | undefined;
let kept = session.getState().settings;

/**
 * Changes some of the settings at once (given, or made of what holds now). A refusal puts the old ones back and is thrown to
 * the caller, who shows it.
 */
export async function changeSettings(
  change: Partial<Settings> | ((now: Settings) => Partial<Settings>),
): Promise<void> {
  const before = session.getState().settings;
  const wanted = { ...before, ...(typeof change === 'function' ? change(before) : change) };
  session.setState({ settings: wanted });
  if (!saving) kept = before;
  // One after the other; an answer to an older change would take the newer one back.
  const saved = saving ? saving.then(() => backend().saveSettings(wanted)) : backend().saveSettings(wanted);
  const mine = saved.then(
    (settings) => {
      kept = settings;
    },
    () => undefined,
  );
  saving = mine;
  try {
    await saved;
  } finally {
    await mine;
    if (saving === mine) {
      saving = undefined;
      session.setState({ settings: kept });
    }
  }
}

/** Settings to show when some are told: while a choice is being saved they are of before it, and what is left if that fails. */
export function toldSettings(told: Settings): Settings {
  if (!saving) return told;
  kept = told;
  return session.getState().settings;
}
