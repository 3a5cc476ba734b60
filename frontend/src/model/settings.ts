import { backend, type Settings } from '@/backend';
import { session } from './session';

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
  try {
    session.setState({ settings: await backend().saveSettings(wanted) });
  } catch (reason) {
    session.setState({ settings: before });
    throw reason;
  }
}
