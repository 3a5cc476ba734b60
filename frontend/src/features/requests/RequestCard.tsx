import { Ban, Fingerprint, Link2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { backend, type Request } from '@/backend';
import { dateAndTime, dateOf, digitGroups, errorText, useTranslation } from '@/i18n';
import { initial, shortName, showConversation, showToast } from '@/model';
import { Button, Lid, Note } from '@/ui';
import { BanRequestDialog } from './BanRequestDialog';
import styles from './Requests.module.css';

/** So many of the twelve groups are shown at first. */
const firstGroups = 3;

/** Who asks, what they wrote, what is known of them, and the answer. */
export function RequestCard({ request }: { request: Request }) {
  const { t } = useTranslation();
  const [answering, setAnswering] = useState(false);
  const [banning, setBanning] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const name = shortName(request.name);

  async function answer(call: () => Promise<void>): Promise<void> {
    setAnswering(true);
    setFailure(undefined);
    try {
      await call();
    } catch (refusal) {
      setFailure(refusal);
      setAnswering(false);
    }
  }

  const accept = () =>
    answer(async () => {
      const conversation = await backend().acceptRequest(request.id);
      showConversation(conversation.id);
    });
  const decline = () =>
    answer(async () => {
      await backend().declineRequest(request.id);
      showToast(t('requests.declined', { name }));
    });

  return (
    <section className={styles.card} aria-label={request.name}>
      <div className={styles.person}>
        <Lid letter={initial(request.name)} color={request.color} size={64} />
        <div className={styles.who}>
          <h2 className={styles.large}>{request.name}</h2>
          <p className={styles.when}>{t('requests.asked', { when: dateAndTime(request.time) })}</p>
        </div>
      </div>
      <p className={styles.text}>{request.text}</p>
      <h3 className={styles.known}>{t('requests.known')}</h3>
      <dl className={styles.facts}>
        <Fact icon={<Link2 size={18} strokeWidth={1.75} aria-hidden="true" />} what={t('requests.cameBy')}>
          {request.inviteLabel
            ? t('requests.yourLink', { label: request.inviteLabel, date: dateOf(request.inviteMade) })
            : t('requests.yourLinkPlain', { date: dateOf(request.inviteMade) })}
        </Fact>
        <Fact icon={<Fingerprint size={18} strokeWidth={1.75} aria-hidden="true" />} what={t('requests.safety')}>
          <Digits text={request.safetyNumber} />
        </Fact>
      </dl>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <div className={styles.answers}>
        <Button
          kind="primary"
          size="large"
          className={styles.accept ?? ''}
          pending={answering}
          onPress={() => void accept()}
        >
          {answering ? t('requests.accepting') : t('requests.accept')}
        </Button>
        <Button size="large" onPress={() => void decline()}>
          {t('requests.decline')}
        </Button>
        <Button
          kind="danger"
          size="large"
          icon={<Ban size={18} strokeWidth={1.75} aria-hidden="true" />}
          onPress={() => setBanning(true)}
        >
          {t('requests.ban')}
        </Button>
      </div>
      <p className={styles.hint}>{t('requests.notTold', { name })}</p>
      {banning && <BanRequestDialog request={request} onClose={() => setBanning(false)} />}
    </section>
  );
}

function Fact({ icon, what, children }: { icon: ReactNode; what: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt className={styles.what}>
        {icon}
        {what}
      </dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
}

function Digits({ text }: { text: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const groups = digitGroups(text);
  return (
    <>
      <span className={styles.digits}>
        {(all ? groups : groups.slice(0, firstGroups)).join(' ')}
        {!all && ' …'}
      </span>
      {!all && (
        <button type="button" className={styles.more} onClick={() => setAll(true)}>
          {t('requests.showAll')}
        </button>
      )}
    </>
  );
}
