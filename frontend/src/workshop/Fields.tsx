import { useState } from 'react';
import { TextField } from '@/ui';
import { Row, Section } from './Section';

/** What is written into. */
export function Fields() {
  const [text, setText] = useState('');
  const same = { value: text, onChange: setText };
  return (
    <Section name="fields" title="Fields">
      <Row stacked label="Empty, with an example and help">
        <TextField label="Name" placeholder="Mira" help="Contacts see it." {...same} />
      </Row>
      <Row stacked label="Written, good">
        <TextField label="Handle" value="mira@lines.example.net" good="Free." onChange={() => undefined} />
      </Row>
      <Row stacked label="Wrong">
        <TextField
          label="Address or range"
          value="198.51.100.0/33"
          mono
          error="/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?"
          onChange={() => undefined}
        />
      </Row>
      <Row stacked label="Asking, not to be changed">
        <TextField label="Server" value="lines.example.net" pending onChange={() => undefined} />
        <TextField label="Server" value="lines.example.net" disabled onChange={() => undefined} />
      </Row>
      <Row stacked label="Large, secret, several lines">
        <TextField label="Name" value="Mira Lind" large onChange={() => undefined} />
        <TextField label="Passphrase" value="a string between two cans" secret onChange={() => undefined} />
        <TextField label="About" value={'Letters, boats,\nand long walks.'} rows={3} onChange={() => undefined} />
      </Row>
    </Section>
  );
}
