import { useEffect, useRef } from 'react';
import { useTranslation } from '@/i18n';
import { shortName, showConversation, showToast, showVerify, useSession, view } from '@/model';

/** Says that a contact wants to compare, unless their conversation is on screen and says so itself. */
export function useCheckNews(): void {
  const { t } = useTranslation();
  const asking = useSession((state) =>
    Object.values(state.conversations)
      .filter((row) => row.check?.state === 'asked')
      .map((row) => row.id)
      .sort()
      .join(' '),
  );
  const names = useSession((state) => state.conversations);
  const told = useRef(new Set<string>());
  useEffect(() => {
    const now = new Set(asking.split(' ').filter((id) => id !== ''));
    for (const id of now) {
      const row = names[id];
      if (told.current.has(id) || !row) continue;
      const { place, conversation } = view.getState();
      if (place.kind === 'conversations' && conversation === id) continue;
      showToast(t('verify.asks', { name: shortName(row.name) }), {
        label: t('verify.goOn'),
        run: () => {
          showConversation(id);
          showVerify(id);
        },
      });
    }
    told.current = now;
  }, [asking, names, t]);
}
