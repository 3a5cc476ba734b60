import type { LucideIcon } from 'lucide-react';
import type { Conversation, MatchRange } from '@/backend';
import { lineWords, useTranslation } from '@/i18n';
import { initial, lineView, shortName, usePicture } from '@/model';
import { Badge, Chip, classes, FoundText, Hidden, Kbd, Lid, LineGlyph, TrustMark } from '@/ui';
import styles from './Switcher.module.css';

interface OptionProps {
  id: string;
  active: boolean;
  /** The pointer came to it. */
  onPoint: () => void;
  onChoose: () => void;
}

function optionProps({ id, active, onPoint, onChoose }: OptionProps) {
  return {
    id,
    role: 'option',
    'aria-selected': active,
    tabIndex: -1,
    className: classes(styles.option, active && styles.active),
    onPointerMove: onPoint,
    // The field keeps the focus.
    onMouseDown: (event: React.MouseEvent) => event.preventDefault(),
    onClick: onChoose,
  };
}

/** Somebody to write to: name, handle, whether there is anything to know, unread messages, the line that is open. */
export function PersonOption({
  row,
  match,
  open,
  ...option
}: OptionProps & { row: Conversation; match: MatchRange | undefined; open: boolean }) {
  const { t } = useTranslation();
  const picture = usePicture(row.id, row.picture);
  const line = lineView(row);
  const live = line.state === 'lan' || line.state === 'direct' || line.state === 'relayed' ? line.state : undefined;
  const known =
    row.contact === 'banned'
      ? t('switcher.banned')
      : row.contact === 'asked' && !row.following
        ? t('switcher.asked')
        : row.contact === 'forgotten'
          ? t('switcher.forgotten')
          : open
            ? t('switcher.open')
            : row.folder === 'archived'
              ? t('switcher.archived')
              : '';
  return (
    <div {...optionProps(option)}>
      <Lid
        letter={initial(row.name)}
        color={row.color}
        size={36}
        picture={picture}
        presence={row.contact === 'mutual' ? row.presence : 'unknown'}
      />
      <span className={styles.words}>
        <b className={styles.name} dir="auto">
          <FoundText text={row.name} ranges={match ? [match] : []} />
        </b>
        {row.verified.trust !== 'none' && (
          <TrustMark trust={row.verified.trust} label={t(`verify.mark.${row.verified.trust}`)} />
        )}
        {row.handle && <span className={styles.also}>{row.handle}</span>}
        {known && <span className={styles.known}>{known}</span>}
      </span>
      {row.unread > 0 && <Badge count={row.unread} />}
      {row.unread > 0 && <Hidden>{t('conversations.unreadCount', { count: row.unread })}</Hidden>}
      {live && (
        <Chip kind={live === 'relayed' ? 'plain' : 'ok'} icon={<LineGlyph state={live} />}>
          {lineWords(line, { name: shortName(row.name), queued: 0 })}
        </Chip>
      )}
      {option.active && <Enter />}
    </div>
  );
}

export interface CommandOptionProps extends OptionProps {
  label: string;
  match: MatchRange | undefined;
  icon: LucideIcon;
  keys: string | undefined;
}

/** Something to do, and the keys that do it without this list. */
export function CommandOption({ label, match, icon: Icon, keys, ...option }: CommandOptionProps) {
  return (
    <div {...optionProps(option)}>
      <span className={styles.icon}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <span className={classes(styles.words, styles.command)}>
        <FoundText text={label} ranges={match ? [match] : []} />
      </span>
      {keys && (
        <span className={styles.keys} aria-hidden="true">
          {keys.split(' ').map((key) => (
            <Kbd key={key} keys={key} />
          ))}
        </span>
      )}
      {option.active && <Enter />}
    </div>
  );
}

/** The sign on the option that Enter takes. */
function Enter() {
  return (
    <span aria-hidden="true">
      <Kbd keys="Enter" />
    </span>
  );
}
