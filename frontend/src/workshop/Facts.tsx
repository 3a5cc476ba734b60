import { CircleAlert, Info, ShieldCheck } from 'lucide-react';
import { Button, Chip, type ChipProps, Note, type NoteProps, Progress, Skeleton, Spinner, Toast } from '@/ui';
import { Row, Section } from './Section';
import styles from './Workshop.module.css';

const chips: NonNullable<ChipProps['kind']>[] = ['plain', 'ok', 'accent', 'warn', 'bad'];
const notes: NonNullable<NoteProps['kind']>[] = ['plain', 'ok', 'accent', 'warn', 'bad'];
const said =
  'What happened stands first, and what to do comes after it. A sentence that is long enough for two lines shows how they stand beside the icon, and where the second begins.';

/** What says something. */
export function Facts() {
  return (
    <>
      <Section name="chips" title="Chips">
        <Row label="Kinds">
          {chips.map((kind) => (
            <Chip key={kind} kind={kind} icon={<ShieldCheck size={14} strokeWidth={2} aria-hidden="true" />}>
              {kind}
            </Chip>
          ))}
        </Row>
      </Section>
      <Section name="notes" title="Notes">
        {notes.map((kind) => (
          <Note key={kind} kind={kind} icon={<Info size={18} strokeWidth={1.75} aria-hidden="true" />}>
            {said}
          </Note>
        ))}
        <Note
          kind="bad"
          icon={<CircleAlert size={18} strokeWidth={1.75} aria-hidden="true" />}
          action={<Button size="small">Try again</Button>}
        >
          The disk is full: 2 MB free, 20 MB needed. Free some space, then try again.
        </Note>
      </Section>
      <Section name="waiting" title="Waiting">
        <Row label="Progress" stacked>
          <Progress label="Backup" value="18 of 52 MB" part={0.35} />
          <Progress label="Backup" value="Counting" part={undefined} />
        </Row>
        <Row label="Spinner">
          <Spinner />
          <Spinner small />
        </Row>
        <Row label="Skeleton">
          <Skeleton width={40} height={40} round={20} />
          <Skeleton width={160} height={14} />
          <Skeleton width={100} height={14} />
        </Row>
      </Section>
      <Section name="toast" title="Toast">
        {/* A transform makes it the place that a fixed toast stands in. */}
        <div className={styles.stage}>
          <Toast
            text="kx_promo_44 is banned."
            action={{ label: 'Undo', run: () => undefined, keys: 'Ctrl Z' }}
            onEnd={() => undefined}
          />
        </div>
      </Section>
    </>
  );
}
