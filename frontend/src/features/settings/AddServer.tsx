import { type FormEvent, useEffect, useState } from 'react';
import { backend, type ServerCheck } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { session, showToast } from '@/model';
import { Button, marked, TextField } from '@/ui';
import styles from './Network.module.css';
import { useRested } from './useRested';

/** How long an address rests before the server is asked, in milliseconds. */
const rest = 600;

/** Asks a server who it is while its address is written, then keeps it. */
export function AddServer() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<{ address: string; reason: unknown }>();
  const [answer, setAnswer] = useState<{ address: string; check?: ServerCheck; reason?: unknown }>();
  const address = text.trim();
  const rested = useRested(address, rest);
  const settled = rested === address ? rested : '';

  useEffect(() => {
    if (settled === '') return;
    let gone = false;
    backend()
      .checkServer(settled)
      .then(
        (check) => {
          if (!gone) setAnswer({ address: settled, check });
        },
        (reason: unknown) => {
          if (!gone) setAnswer({ address: settled, reason });
        },
      );
    return () => {
      gone = true;
    };
  }, [settled]);

  const known = answer?.address === address && address !== '' ? answer : undefined;
  const refused = failure?.address === address ? failure.reason : (known?.reason ?? known?.check?.error);

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (pending || address === '') return;
    setPending(true);
    try {
      const server = await backend().addServer(address);
      setText('');
      setAnswer(undefined);
      showToast(t('settings.serverAdded', { host: server.address }));
    } catch (reason) {
      setFailure({ address, reason });
    } finally {
      setPending(false);
    }
  }

  return (
    <form className={styles.add} onSubmit={(event) => void add(event)}>
      <TextField
        className={styles.address ?? ''}
        label={t('settings.addServer')}
        placeholder="tin.example.org:7443"
        mono
        value={text}
        pending={settled !== '' && !known}
        error={refused !== undefined ? errorText(refused) : undefined}
        good={known?.check && refused === undefined ? answered(known.check) : undefined}
        help={settled !== '' && !known ? t('settings.checking') : t('settings.addServerHelp')}
        onChange={setText}
      />
      <Button
        kind="primary"
        type="submit"
        className={styles.addButton ?? ''}
        pending={pending}
        disabledReason={address === '' ? t('settings.serverMissing') : undefined}
      >
        {pending ? t('settings.adding') : t('settings.add')}
      </Button>
    </form>
  );

  function answered(check: ServerCheck) {
    if (session.getState().network.servers.some((held) => held.address === check.address && !held.guest)) {
      return t('settings.serverHeld');
    }
    return marked(
      t('settings.serverAnswers', { value: number(check.rtt) }),
      '<key>',
      <span className={styles.key}>{check.key}</span>,
    );
  }
}
