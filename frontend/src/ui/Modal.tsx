import { type ReactNode, useRef } from 'react';
import { createPortal } from 'react-dom';
import { classes } from './classes';
import styles from './Dialog.module.css';
import { useEntering, useLayer } from './layer';

export interface ModalProps {
  children: ReactNode;
  /** The class of what lies over the window, and of what stands on it; without them those of a dialog. */
  scrim?: string | undefined;
  className?: string | undefined;
  role?: 'dialog' | 'alertdialog';
  label?: string;
  labelledBy?: string;
  /** The class of the dialog in it. */
  dialog?: string | undefined;
  /** A press beside it closes it. */
  dismissable?: boolean;
  onClose: () => void;
}

/** Something over the whole window that is answered before all else. It is open while it is rendered. */
export function Modal({
  children,
  scrim,
  className,
  role = 'dialog',
  label,
  labelledBy,
  dialog,
  dismissable = true,
  onClose,
}: ModalProps) {
  const layer = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const inside = useRef<HTMLDivElement>(null);
  const pressed = useRef(false);
  const { onKeyDown } = useLayer(layer, inside, onClose);
  useEntering(layer);
  useEntering(frame);
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the dialog inside; beside it there is only the scrim.
    <div
      ref={layer}
      className={scrim ?? styles.scrim}
      onKeyDown={onKeyDown}
      // A press that began inside, for example to mark text, ends nothing.
      onPointerDown={(event) => {
        pressed.current = event.target === event.currentTarget;
      }}
      onClick={(event) => {
        if (dismissable && pressed.current && event.target === event.currentTarget) onClose();
      }}
    >
      <div ref={frame} className={className}>
        {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles may be modal. */}
        <div
          ref={inside}
          className={classes(dialog ?? styles.dialog)}
          role={role}
          aria-modal="true"
          aria-label={label}
          aria-labelledby={labelledBy}
          tabIndex={-1}
        >
          {children}
        </div>
      </div>
    </div>,
    document.body,
  );
}
