import { ArrowRightLeft } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { errorText, useTranslation } from '@/i18n';
import { changeSettings, useSession } from '@/model';
import { Button, Dialog, Note, Select, TextField } from '@/ui';
import { Submit } from './BackupDialog';
import styles from './Network.module.css';
import { Row } from './Parts';
import { kinds, type ProxyParts, proxyAddress, proxyParts } from './proxy';

/** The proxy that servers and relays are reached through. */
export function ProxyRow() {
  const { t } = useTranslation();
  const address = useSession((state) => state.settings.proxy ?? '');
  const [open, setOpen] = useState(false);
  const { kind, host, port } = proxyParts(address);
  return (
    <>
      <Row
        icon={<ArrowRightLeft size={18} strokeWidth={1.75} aria-hidden="true" />}
        title={t('route.proxy')}
        help={address ? <span className={styles.key}>{`${kind}://${host}:${port}`}</span> : undefined}
      >
        <Button size="small" onPress={() => setOpen(true)}>
          {address ? t('route.proxyChange') : t('route.proxySet')}
        </Button>
      </Row>
      {open && <ProxyDialog address={address} onClose={() => setOpen(false)} />}
    </>
  );
}

function ProxyDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation();
  const form = useId();
  const [parts, setParts] = useState(() => proxyParts(address));
  const [wrong, setWrong] = useState<'place' | 'name'>();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function keep(proxy: string): Promise<void> {
    if (pending) return;
    setPending(true);
    setFailure(undefined);
    try {
      await changeSettings({ proxy });
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const written = proxyAddress(parts);
    if (written === undefined) setWrong('place');
    else if (parts.name === '' && parts.password !== '') setWrong('name');
    else void keep(written);
  }

  const field = (
    name: keyof ProxyParts,
    more: { secret?: boolean; mono?: boolean; error?: string | undefined } = {},
  ) => (
    <TextField
      label={t(`route.proxyPart.${name}`)}
      value={parts[name]}
      onChange={(text) => {
        setParts({ ...parts, [name]: text });
        setWrong(undefined);
      }}
      {...more}
    />
  );

  return (
    <Dialog
      title={t('route.proxy')}
      width="narrow"
      onClose={onClose}
      footer={
        <>
          {address !== '' && (
            <Button kind="danger" onPress={() => void keep('')}>
              {t('route.proxyNone')}
            </Button>
          )}
          <Button onPress={onClose}>{t('app.cancel')}</Button>
          <Submit form={form} pending={pending} label={t('route.proxyUse')} />
        </>
      }
    >
      <form id={form} className={styles.proxy} onSubmit={submit}>
        <p className={styles.proxyText}>{t('route.proxyText')}</p>
        {failure !== undefined && (
          <Note kind="bad" role="alert">
            {errorText(failure)}
          </Note>
        )}
        <Select
          label={t('route.proxyPart.kind')}
          options={kinds.map((kind) => ({ value: kind, label: t(`route.proxyKind.${kind}`) }))}
          value={parts.kind}
          onChange={(kind) => setParts({ ...parts, kind })}
        />
        <div className={styles.proxyPlace}>
          {field('host', { mono: true, error: wrong === 'place' ? t('route.proxyWrong') : undefined })}
          {field('port', { mono: true })}
        </div>
        {field('name', { error: wrong === 'name' ? t('route.proxyNameless') : undefined })}
        {field('password', { secret: true })}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
