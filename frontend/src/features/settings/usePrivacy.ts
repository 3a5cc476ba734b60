import { useState } from 'react';
import { backend, type Privacy } from '@/backend';
import { session, useSession } from '@/model';

/** What others learn, how to change a part of it, and why that failed. What was chosen shows at once. */
export function usePrivacy(): [privacy: Privacy, change: (part: Partial<Privacy>) => void, failure: unknown] {
  const held = useSession((state) => state.profile.privacy);
  const [chosen, setChosen] = useState<Partial<Privacy>>();
  const [failure, setFailure] = useState<unknown>();

  async function change(part: Partial<Privacy>): Promise<void> {
    setChosen(part);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().setPrivacy({ ...session.getState().profile.privacy, ...part }) });
    } catch (reason) {
      setFailure(reason);
    } finally {
      setChosen(undefined);
    }
  }

  return [{ ...held, ...chosen }, (part) => void change(part), failure];
}
