import { X } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from '@/i18n';
import { classes } from './classes';
import styles from './Dialog.module.css';
import { IconButton } from './IconButton';
import { Modal } from './Modal';

export interface DialogProps {
  title: string;
  children: ReactNode;
  /** Between title and body, for example tabs. */
  bar?: ReactNode;
  footer?: ReactNode;
  width?: 'wide' | 'normal' | 'narrow';
  /** The children fill the room under the title themselves, for example with tabs; there is no body and no footer. */
  bare?: boolean;
  /** There is only something to read: the keys that scroll need a place. */
  reading?: boolean;
  /** alertdialog asks before something is lost; clicking beside it does not close it. */
  role?: 'dialog' | 'alertdialog';
  onClose: () => void;
}

/** A dialog over the window. It is open while it is rendered; Esc closes it and the focus goes back. */
export function Dialog({
  title,
  children,
  bar,
  footer,
  width = 'normal',
  bare = false,
  reading = false,
  role = 'dialog',
  onClose,
}: DialogProps) {
  const { t } = useTranslation();
  const titleId = useId();
  return (
    <Modal
      className={classes(styles.modal, width !== 'normal' && styles[width])}
      role={role}
      labelledBy={titleId}
      dismissable={role === 'dialog'}
      onClose={onClose}
    >
      <header className={styles.head}>
        <h2 id={titleId} className={styles.title}>
          {title}
        </h2>
        <IconButton label={t('app.close')} size="small" onPress={onClose}>
          <X size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </header>
      {bar}
      {bare ? (
        children
      ) : (
        <div className={styles.body} tabIndex={reading ? 0 : undefined}>
          {children}
        </div>
      )}
      {footer && <footer className={styles.foot}>{footer}</footer>}
    </Modal>
  );
}
