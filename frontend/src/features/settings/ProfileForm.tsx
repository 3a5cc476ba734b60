import { Image, Trash2 } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { backend, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { initial, session, showToast, usePicture, useSession } from '@/model';
import { Button, Card, Lid, LidPicker, Note, TextField } from '@/ui';
import { CropDialog } from './CropDialog';
import styles from './ProfilePage.module.css';
import { pictureTypes, readPicture } from './pictureFile';

/** Characters of an about, as in backend/journal. */
const aboutMost = 140;
const icon = { size: 14, strokeWidth: 2, 'aria-hidden': true } as const;

/** What was changed here and not saved yet; the rest follows the profile. A picture is its name, a data: URL, or '' for none. */
interface Edited {
  name?: string;
  color?: number;
  about?: string;
  picture?: string;
}

/** How this person is shown to others. */
export function ProfileForm() {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  const [edited, setEdited] = useState<Edited>({});
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [chosen, setChosen] = useState('');
  const held = { name: profile.name, color: profile.color, about: profile.about ?? '', picture: profile.picture ?? '' };
  const now = { ...held, ...edited };
  const changed = (['name', 'color', 'about', 'picture'] as const).some((key) => now[key] !== held[key]);
  const used = [...now.about.trim()].length;
  const code = failure === undefined ? '' : toBackendError(failure).code;
  const ofField = code.startsWith('name-') || code === 'about-long';
  const own = usePicture('', profile.picture);
  const shown = now.picture === held.picture ? own : now.picture;

  function edit(change: Edited): void {
    setEdited((before) => ({ ...before, ...change }));
    setFailure(undefined);
  }

  async function save(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().setProfile(now.name, now.color, now.about, now.picture) });
      setEdited({});
      showToast(t('settings.profileSaved'));
    } catch (reason) {
      setFailure(reason);
    } finally {
      setPending(false);
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (changed && used <= aboutMost && !pending) void save();
  }

  return (
    <>
      {failure !== undefined && !ofField && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Card className={styles.card}>
        <Lid letter={initial(now.name)} color={now.color} size={96} picture={shown} />
        <form className={styles.form} onSubmit={submit}>
          <TextField
            label={t('settings.name')}
            value={now.name}
            error={code.startsWith('name-') ? errorText(failure) : undefined}
            onChange={(name) => edit({ name })}
          />
          <TextField
            label={t('settings.about')}
            value={now.about}
            placeholder={t('settings.aboutExample')}
            error={
              used > aboutMost
                ? t('settings.aboutLong', { used, most: aboutMost })
                : code === 'about-long'
                  ? errorText(failure)
                  : undefined
            }
            help={used > 0 ? t('settings.aboutCount', { used, most: aboutMost }) : t('settings.aboutHelp')}
            spellCheck
            onChange={(about) => edit({ about })}
          />
          <div className={styles.colors}>
            <span className={styles.label} aria-hidden="true">
              {t('settings.color')}
            </span>
            <div className={styles.look}>
              <LidPicker
                label={t('settings.color')}
                names={t('settings.colors').split(', ')}
                value={now.color}
                onChange={(color) => edit({ color })}
              />
              <PictureButtons
                there={now.picture !== ''}
                onChoose={(image) => {
                  setFailure(undefined);
                  setChosen(image);
                }}
                onRemove={() => edit({ picture: '' })}
                onFailure={setFailure}
              />
            </div>
          </div>
          <div className={styles.save}>
            <Button
              kind="primary"
              type="submit"
              pending={pending}
              disabledReason={
                used > aboutMost ? t('settings.aboutFirst') : changed ? undefined : t('settings.unchanged')
              }
            >
              {pending ? t('settings.saving') : t('settings.save')}
            </Button>
          </div>
        </form>
      </Card>
      {chosen && (
        <CropDialog
          image={chosen}
          onUse={(picture) => {
            setChosen('');
            edit({ picture });
          }}
          onFailure={(reason) => {
            setChosen('');
            setFailure(reason);
          }}
          onClose={() => setChosen('')}
        />
      )}
    </>
  );
}

interface PictureButtonsProps {
  there: boolean;
  onChoose: (image: string) => void;
  onRemove: () => void;
  onFailure: (reason: unknown) => void;
}

function PictureButtons({ there, onChoose, onRemove, onFailure }: PictureButtonsProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  return (
    <div className={styles.picture}>
      <input
        ref={input}
        type="file"
        accept={pictureTypes}
        hidden
        aria-label={t('settings.usePicture')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // the same file may be chosen again
          if (file) readPicture(file).then(onChoose, onFailure);
        }}
      />
      <Button ref={choose} size="small" icon={<Image {...icon} />} onPress={() => input.current?.click()}>
        {there ? t('settings.otherPicture') : t('settings.usePicture')}
      </Button>
      {there && (
        <Button
          size="small"
          kind="quiet"
          icon={<Trash2 {...icon} />}
          onPress={() => {
            choose.current?.focus();
            onRemove();
          }}
        >
          {t('settings.removePicture')}
        </Button>
      )}
    </div>
  );
}
