import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { type BanCheck, type BanKind, backend, type Invite } from '@/backend';
import { errorText, inviteName, list, useTranslation } from '@/i18n';
import { type BanLife, banDays, banEnds, session, showToast } from '@/model';
import { Button, Card, classes, marked, mostReason, Select, Switch, TextField } from '@/ui';
import styles from './BanForm.module.css';
import { banName } from './bans';
import { useRested } from './useRested';

/** How long a target rests before it is checked, in milliseconds. */
const rest = 400;
const kinds: readonly BanKind[] = ['peer', 'invite', 'address', 'range', 'domain'];

interface Answer {
  kind: BanKind | '';
  target: string;
  check?: BanCheck;
  reason?: unknown;
}

/** Adds a ban. The kind follows what is written until the person chooses one. */
export function BanForm() {
  const { t } = useTranslation();
  const messageId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<BanKind | ''>('');
  const [guessed, setGuessed] = useState<BanKind>('peer');
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [life, setLife] = useState<BanLife>('never');
  const [tell, setTell] = useState(false);
  const [invites, setInvites] = useState<readonly Invite[]>([]);
  const [pending, setPending] = useState(false);
  const [answer, setAnswer] = useState<Answer>();

  const kind = chosen || guessed;
  const ofPeople = kind === 'peer' || kind === 'invite';
  const target = kind === 'invite' && !invites.some((one) => one.id === text) ? (invites[0]?.id ?? '') : text.trim();
  const question = `${chosen} ${target}`;
  const settled = useRested(question, rest) === question && target !== '';
  const known = answer?.kind === chosen && answer.target === target && target !== '' ? answer : undefined;

  useEffect(() => {
    if (!settled) return;
    let gone = false;
    backend()
      .checkBan(chosen, target)
      .then(
        (check) => {
          if (gone) return;
          setAnswer({ kind: chosen, target, check });
          if (chosen === '') setGuessed(check.kind);
        },
        (refusal: unknown) => {
          if (!gone) setAnswer({ kind: chosen, target, reason: refusal });
        },
      );
    return () => {
      gone = true;
    };
  }, [settled, chosen, target]);

  // The links are asked for when one is to be banned.
  useEffect(() => {
    if (kind !== 'invite') return;
    let gone = false;
    backend()
      .invites()
      .then(
        (list) => {
          if (!gone) setInvites(list);
        },
        (refusal: unknown) => {
          if (!gone) setAnswer({ kind: chosen, target: '', reason: refusal });
        },
      );
    return () => {
      gone = true;
    };
  }, [kind, chosen]);

  const refused = known?.reason ?? known?.check?.error;
  const reasonLength = Array.from(reason.trim()).length;
  const reasonError =
    reasonLength > mostReason ? t('settings.reasonLong', { count: reasonLength, most: mostReason }) : undefined;
  const blocked =
    target === ''
      ? t('settings.targetMissing')
      : refused !== undefined || reasonError !== undefined
        ? t('settings.targetWrong')
        : undefined;

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (blocked !== undefined || pending) return;
    setPending(true);
    try {
      // Without an answer yet (Enter was fast), the target is read first, to learn its kind.
      const check = known?.check ?? (await backend().checkBan(chosen, target));
      if (check.error) {
        setAnswer({ kind: chosen, target, check });
        return;
      }
      const ban = await backend().addBan({
        kind: check.kind,
        target: check.target,
        reason: reason.trim(),
        ends: banEnds(life),
        tell: tell && ofPeople,
      });
      setText('');
      setReason('');
      setLife('never');
      setTell(false);
      setChosen('');
      setAnswer(undefined);
      // The next one is typed at once, unless somebody has gone on to something else meanwhile.
      const { activeElement } = document;
      if (activeElement === document.body || field.current?.form?.contains(activeElement)) field.current?.focus();
      showToast(t('settings.banAdded', { target: banName(ban) }), {
        label: t('settings.undo'),
        keys: 'Ctrl Z',
        run: () => {
          backend()
            .removeBan(ban.id)
            .catch((refusal: unknown) => showToast(errorText(refusal)));
        },
      });
    } catch (refusal) {
      setAnswer({ kind: chosen, target, reason: refusal });
    } finally {
      setPending(false);
    }
  }

  const message = words();
  return (
    <Card className={styles.formCard}>
      <form className={styles.form} aria-label={t('settings.newBan')} onSubmit={(event) => void add(event)}>
        <Select
          label={t('settings.banKind')}
          options={kinds.map((one) => ({ value: one, label: t(`settings.kind.${one}`) }))}
          value={kind}
          onChange={(next) => {
            setChosen(next);
            if ((next === 'invite') !== (kind === 'invite')) setText('');
          }}
        />
        {kind === 'invite' ? (
          <Select
            className={styles.what}
            label={t('settings.target.invite')}
            options={
              invites.length > 0
                ? invites.map((one) => ({ value: one.id, label: inviteName(one.label) }))
                : [{ value: '', label: t('bans.noInvites') }]
            }
            value={target}
            describedBy={messageId}
            onChange={setText}
          />
        ) : (
          <TextField
            ref={field}
            className={styles.what ?? ''}
            label={t(`settings.target.${kind}`)}
            placeholder={
              { peer: 'tc1…', address: '198.51.100.7', range: '198.51.100.0/24', domain: '*.example.net' }[kind]
            }
            mono
            value={text}
            invalid={refused !== undefined}
            describedBy={messageId}
            pending={settled && !known}
            onChange={setText}
          />
        )}
        <TextField
          className={styles.reason ?? ''}
          label={t('settings.reason')}
          placeholder={t('settings.reasonExample')}
          value={reason}
          spellCheck
          error={reasonError}
          onChange={setReason}
        />
        <Select
          className={styles.life}
          label={t('bans.ends')}
          options={(Object.keys(banDays) as BanLife[]).map((one) => ({ value: one, label: t(`bans.lives.${one}`) }))}
          value={life}
          onChange={setLife}
        />
        <Button
          kind="primary"
          type="submit"
          className={styles.addButton ?? ''}
          pending={pending}
          disabledReason={blocked}
        >
          {pending ? t('settings.addingBan') : t('settings.add')}
        </Button>
        <div
          id={messageId}
          className={classes(styles.message, message?.bad && styles.bad, message === undefined && styles.quiet)}
          role="status"
        >
          {message && (
            <>
              {message.icon}
              <span>{message.text}</span>
            </>
          )}
        </div>
        {ofPeople && (
          <div className={styles.tell}>
            <Switch label={t('bans.tell')} help={t('bans.tellText')} selected={tell} onChange={setTell} />
          </div>
        )}
      </form>
    </Card>
  );

  /** What the check found: what is wrong and what was meant, or whom it touches. */
  function words(): { text: ReactNode; icon: ReactNode; bad: boolean } | undefined {
    if (!known) return undefined;
    const meant = known.check?.suggestion ?? '';
    const button = (
      <button type="button" className={styles.meant} onClick={() => setText(meant)}>
        {meant}
      </button>
    );
    if (refused !== undefined) {
      const sentence = errorText(refused);
      const asked = marked(t('app.didYouMean'), '<other>', button);
      return {
        bad: true,
        icon: <CircleAlert size={14} strokeWidth={2} aria-hidden="true" />,
        text:
          meant === '' ? (
            sentence
          ) : sentence.includes(meant) ? (
            marked(sentence, meant, button)
          ) : (
            <>
              {sentence} {asked}
            </>
          ),
      };
    }
    const check = known.check;
    if (!check) return undefined;
    const parts: ReactNode[] = [];
    if (check.kind === 'peer') {
      const { conversations } = session.getState();
      const person = Object.values(conversations).find((row) => row.peerId === check.target);
      if (person) parts.push(<span key="name">{t('settings.thisIs', { name: person.name })} </span>);
    }
    if (check.touches.length > 0) {
      parts.push(<span key="touches">{t('settings.touches', { names: list(check.touches) })} </span>);
    }
    if (check.known.length > 0) parts.push(<span key="known">{t('bans.known', { names: list(check.known) })} </span>);
    if (check.came.length > 0 && check.kind === 'invite')
      parts.push(<span key="came">{t('bans.came', { names: list(check.came) })} </span>);
    if (check.asking > 0) parts.push(<span key="asking">{t('bans.asking', { count: check.asking })} </span>);
    const rest = check.count - check.asking - check.touches.length - check.known.length - check.came.length;
    if (rest > 0) parts.push(<span key="more">{t('bans.more', { count: rest })} </span>);
    parts.push(<span key="limits">{t(`bans.limits.${check.kind}`)} </span>);
    if (meant !== '') parts.push(<span key="meant">{marked(t('settings.household'), '<target>', button)}</span>);
    const Icon = check.count > 0 || meant !== '' ? TriangleAlert : Info;
    return { bad: false, icon: <Icon size={14} strokeWidth={2} aria-hidden="true" />, text: parts };
  }
}
