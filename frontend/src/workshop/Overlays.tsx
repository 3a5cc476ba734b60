import { Copy, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, boxOf, Dialog, DotsMenu, PopoverAt } from '@/ui';
import { EmojiPicker } from '@/ui/emoji';
import { Row, Section } from './Section';

const icon = { size: 16, strokeWidth: 2, 'aria-hidden': true } as const;

/** What stands over the window. */
export function Overlays() {
  const [open, setOpen] = useState<'dialog' | 'alert' | 'emoji'>();
  const [tone, setTone] = useState(3);
  const [at, setAt] = useState({ left: 0, top: 0, width: 0, height: 0 });
  const place = useRef<HTMLSpanElement>(null);
  const close = () => setOpen(undefined);
  return (
    <Section name="overlays" title="Over the window">
      <Row label="Press to open">
        <Button onPress={() => setOpen('dialog')}>Dialog</Button>
        <Button onPress={() => setOpen('alert')}>Question before a loss</Button>
        <DotsMenu
          label="More"
          entries={[
            { id: 'copy', label: 'Copy', keys: 'C', icon: <Copy {...icon} />, run: () => undefined },
            { id: 'delete', label: 'Delete', danger: true, icon: <Trash2 {...icon} />, run: () => undefined },
          ]}
        />
        <span ref={place}>
          <Button
            onPress={() => {
              if (place.current) setAt(boxOf(place.current));
              setOpen('emoji');
            }}
          >
            Emoji
          </Button>
        </span>
      </Row>
      {open === 'emoji' && (
        <PopoverAt label="Emoji" at={at} onClose={close}>
          <EmojiPicker recent="👍 🎉 ❤️ 👋 ⛵" tone={tone} onTone={setTone} onPick={close} />
        </PopoverAt>
      )}
      {open === 'dialog' && (
        <Dialog
          title="A dialog"
          onClose={close}
          footer={
            <>
              <Button onPress={close}>Cancel</Button>
              <Button kind="primary" onPress={close}>
                Save
              </Button>
            </>
          }
        >
          <p>It has a title, a body that scrolls, and its buttons at the foot.</p>
        </Dialog>
      )}
      {open === 'alert' && (
        <Dialog
          title="Delete this message?"
          role="alertdialog"
          width="narrow"
          onClose={close}
          footer={
            <>
              <Button autoFocus onPress={close}>
                Keep
              </Button>
              <Button kind="dangerFill" onPress={close}>
                Delete
              </Button>
            </>
          }
        >
          <p>It says what is lost. Clicking beside it does not close it.</p>
        </Dialog>
      )}
    </Section>
  );
}
