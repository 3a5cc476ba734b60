import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from '@/i18n';
import { Button, Dialog } from '@/ui';
import styles from './CropDialog.module.css';
import { type Crop, cut, moved, placed, sideOf, wholeMiddle, zoomMost } from './crop';
import { unusable } from './pictureFile';

/** Pixels: a side of what is looked at, and at most of what is kept. The backend makes it smaller. */
const shownSide = 240;
const keptSide = 512;
/** How far an arrow key moves it, and a turn of the wheel makes it larger. */
const step = 0.05;
const turn = 1.1;

interface CropDialogProps {
  /** An image as a data: URL. */
  image: string;
  onUse: (picture: string) => void;
  /** It is no image after all. */
  onFailure: (reason: unknown) => void;
  onClose: () => void;
}

/** Chooses what of an image is seen in the round picture: it is dragged or moved with the arrow keys, and made larger. */
export function CropDialog({ image, onUse, onFailure, onClose }: CropDialogProps) {
  const { t } = useTranslation();
  const picture = useRef<HTMLImageElement>(null);
  const [size, setSize] = useState({ width: 1, height: 1 });
  const [crop, setCrop] = useState(wholeMiddle);
  const scale = shownSide / sideOf(size, crop);

  const move = (right: number, down: number) => setCrop((now) => moved(size, now, right, down));
  const change = (how: (now: Crop) => Partial<Crop>) => setCrop((now) => placed(size, { ...now, ...how(now) }));

  function onKeyDown(event: KeyboardEvent): void {
    const by: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const [right, down] = by[event.key] ?? [];
    if (right === undefined || down === undefined) return;
    event.preventDefault();
    move(-right, -down); // the picture goes where the arrow points
  }

  function onPointerMove(event: PointerEvent): void {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      move(-event.movementX / shownSide, -event.movementY / shownSide);
  }

  function use(): void {
    try {
      if (picture.current) onUse(cut(picture.current, crop, keptSide));
    } catch {
      onFailure(unusable());
    }
  }

  return (
    <Dialog
      title={t('settings.crop')}
      width="narrow"
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('app.cancel')}</Button>
          <Button kind="primary" onPress={use}>
            {t('settings.cropUse')}
          </Button>
        </>
      }
    >
      <div className={styles.place}>
        <div
          className={styles.stage}
          role="application"
          aria-label={t('settings.cropHint')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move what is in it
          tabIndex={0}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={onPointerMove}
          onWheel={({ deltaY }) => change(({ zoom }) => ({ zoom: deltaY < 0 ? zoom * turn : zoom / turn }))}
        >
          <img
            ref={picture}
            className={styles.image}
            src={image}
            alt=""
            draggable={false}
            style={{
              width: size.width * scale,
              left: shownSide / 2 - crop.x * size.width * scale,
              top: shownSide / 2 - crop.y * size.height * scale,
            }}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setSize({ width: naturalWidth, height: naturalHeight })
            }
            onError={() => onFailure(unusable())}
          />
        </div>
        <p className={styles.hint} aria-hidden="true">
          {t('settings.cropHint')}
        </p>
        <label className={styles.zoom}>
          {t('settings.cropZoom')}
          <input
            type="range"
            min={1}
            max={zoomMost}
            step={0.1}
            value={crop.zoom}
            aria-valuetext={`${Math.round(crop.zoom * 100)} %`}
            onChange={({ target }) => change(() => ({ zoom: target.valueAsNumber }))}
          />
        </label>
      </div>
    </Dialog>
  );
}
