import { useTranslation } from '@/i18n';
import { shortName, useConversation, useView, view } from '@/model';
import { focusWhenLost, MenuAt } from '@/ui';
import { entriesOf } from './entries';

/** Everything that can be done with a conversation, where it was asked for. */
export default function TalkMenu() {
  const { t } = useTranslation();
  const menu = useView((state) => state.menu);
  const row = useConversation(menu?.conversation ?? '');
  if (!menu || !row) return null;
  return (
    <MenuAt
      label={t('manage.menu', { name: shortName(row.name) })}
      at={menu.at}
      entries={entriesOf(row)}
      onClose={() => {
        view.setState({ menu: undefined });
        // The row may be in another part of the list now, or in none.
        focusWhenLost(`[data-row="${CSS.escape(row.id)}"], [data-row][tabindex="0"], [data-search]`);
      }}
    />
  );
}
