import { useTranslation } from '@/i18n';
import { sortedRequests, useSession } from '@/model';

/** Everybody who asks to be a contact; fills the place of the conversation, beside the list. */
export default function RequestsView() {
  const { t } = useTranslation();
  const requests = useSession((state) => state.requests);
  return (
    <section aria-label={t('requests.title')}>
      <h2>{t('requests.title')}</h2>
      <ul>
        {sortedRequests(requests).map((request) => (
          <li key={request.id}>{request.name}</li>
        ))}
      </ul>
    </section>
  );
}
