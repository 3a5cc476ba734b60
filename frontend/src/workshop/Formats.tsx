import { FormattedText } from '@/ui';
import { Row, Section } from './Section';
import styles from './Workshop.module.css';

const line = 'A **bold** word, an *italic* one, ***both***, `code`, and https://lines.example.net/notes.';
const blocks =
  '> What is quoted,\n> > and what that quotes\n\n- a list\n- of **things**\n  - one within\n1. numbers\n2. as written\n\n```go\nfmt.Println("code")\n```\nAnd the last words.';
const none = '2*3*4 is 24, **open, snake_case_name, [words](https://lines.example.net/), **/*.ts, >:(';

/** What people write, as it is drawn. */
export function Formats() {
  return (
    <Section name="formats" title="Formats">
      {[
        ['Within a line', line],
        ['Blocks', blocks],
        ['What is no mark', none],
        ['Chinese', '这是**重点**：先看 `README`，再说。\n- 第一\n- 第二'],
      ].map(([label = '', text = '']) => (
        <Row key={label} label={label} stacked>
          <div className={styles.message}>
            <FormattedText text={text} onLink={() => undefined} />
          </div>
        </Row>
      ))}
      <Row label="As written" stacked>
        <div className={styles.message}>
          <FormattedText text={line} asWritten onLink={() => undefined} />
        </div>
      </Row>
    </Section>
  );
}
