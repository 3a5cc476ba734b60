import { useTranslation } from '@/i18n';
import { shortName, useConversation, useView, view } from '@/model';
import { MenuAt } from '@/ui';
import { entriesOf } from './entries';
import { focusRow } from './focusRow';

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
        focusRow(row.id);
      }}
    />
  );
}
