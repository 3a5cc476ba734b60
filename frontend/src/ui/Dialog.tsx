import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Dialog as AriaDialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useTranslation } from '@/i18n';
import { classes } from './classes';
import styles from './Dialog.module.css';
import { IconButton } from './IconButton';

export interface DialogProps {
  title: string;
  children: ReactNode;
  /** Between title and body, for example tabs. */
  bar?: ReactNode;
  footer?: ReactNode;
  width?: 'wide' | 'normal' | 'narrow';
  /** The children fill the room under the title themselves, for example with tabs; there is no body and no footer. */
  bare?: boolean;
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
  role = 'dialog',
  onClose,
}: DialogProps) {
  const { t } = useTranslation();
  const dialog = useKeysWhenLost(onClose);
  return (
    <ModalOverlay
      className={styles.scrim ?? ''}
      isOpen
      isDismissable={role === 'dialog'}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={classes(styles.modal, width !== 'normal' && styles[width])}>
        <AriaDialog ref={dialog} className={styles.dialog ?? ''} role={role}>
          <header className={styles.head}>
            <Heading slot="title" level={2} className={styles.title ?? ''}>
              {title}
            </Heading>
            <IconButton label={t('app.close')} size="small" onPress={onClose}>
              <X size={18} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
          </header>
          {bar}
          {bare ? children : <div className={styles.body}>{children}</div>}
          {footer && <footer className={styles.foot}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/**
 * What had the focus may be gone: the button that was pressed, with the step it belonged to. Nothing in the dialog hears the keys
 * then, and in WebKit Tab leads nowhere; so the dialog takes the focus at the next key.
 */
function useKeysWhenLost(onClose: () => void) {
  const dialog = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    function listen(event: KeyboardEvent): void {
      if (document.activeElement !== document.body || dialog.current !== [...document.querySelectorAll(modals)].at(-1))
        return;
      dialog.current.focus();
      if (event.key !== 'Escape' || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    }
    document.addEventListener('keydown', listen, true);
    return () => document.removeEventListener('keydown', listen, true);
  }, []);
  return dialog;
}

const modals = '[role="dialog"], [role="alertdialog"]';
