import { Plus, Search, X } from 'lucide-react';
import { useState } from 'react';
import { Button, type ButtonProps, IconButton, LidPicker, Segmented, Select, Switch } from '@/ui';
import { Row, Section } from './Section';

const kinds: NonNullable<ButtonProps['kind']>[] = ['primary', 'outline', 'quiet', 'danger', 'dangerFill'];
const reason = 'Nothing is chosen yet.';
const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
const lines = [
  { value: 'any', label: 'Any way' },
  { value: 'relayed', label: 'Relays only' },
  { value: 'network', label: 'This network' },
] as const;
const colors = ['Amber', 'Rust', 'Olive', 'Fir', 'Teal', 'Blue', 'Plum', 'Zinc'];

/** What is pressed and chosen. */
export function Controls() {
  const [line, setLine] = useState<(typeof lines)[number]['value']>('relayed');
  const [on, setOn] = useState(true);
  const [off, setOff] = useState(false);
  const [color, setColor] = useState(2);
  return (
    <>
      <Section name="buttons" title="Buttons">
        <Row label="Default">
          {kinds.map((kind) => (
            <Button key={kind} kind={kind}>
              {kind}
            </Button>
          ))}
        </Row>
        <Row label="Small, large">
          <Button size="small">Copy</Button>
          <Button size="large" kind="primary">
            Open a line
          </Button>
        </Row>
        <Row label="With an icon">
          {kinds.map((kind) => (
            <Button key={kind} kind={kind} icon={<Plus {...icon} />}>
              {kind}
            </Button>
          ))}
        </Row>
        <Row label="Not now, with a reason">
          {kinds.map((kind) => (
            <Button key={kind} kind={kind} disabledReason={reason}>
              {kind}
            </Button>
          ))}
        </Row>
        <Row label="At work">
          {kinds.map((kind) => (
            <Button key={kind} kind={kind} pending>
              Saving
            </Button>
          ))}
        </Row>
      </Section>
      <Section name="icon-buttons" title="Icon buttons">
        <Row label="Default, pressed, small">
          <IconButton label="Search" keys="Ctrl F" onPress={() => undefined}>
            <Search {...icon} />
          </IconButton>
          <IconButton label="Search" pressed onPress={() => undefined}>
            <Search {...icon} />
          </IconButton>
          <IconButton label="Close" size="small" onPress={() => undefined}>
            <X {...icon} />
          </IconButton>
        </Row>
      </Section>
      <Section name="choices" title="Choices">
        <Row label="Switch" stacked>
          <Switch
            label="Show when I am there"
            help="Hidden, theirs is hidden from you too."
            selected={on}
            onChange={setOn}
          />
          <Switch label="Start at login" selected={off} onChange={setOff} />
          <Switch label="Not to be changed, on" selected disabled onChange={() => undefined} />
          <Switch label="Not to be changed, off" selected={false} disabled onChange={() => undefined} />
        </Row>
        <Row label="Segmented">
          <Segmented label="Lines" value={line} options={lines} onChange={setLine} />
        </Row>
        <Row label="Select">
          <Select label="Lines" value={line} options={lines} onChange={setLine} />
        </Row>
        <Row label="Colour of a lid">
          <LidPicker label="Colour" names={colors} value={color} onChange={setColor} />
          <LidPicker label="Colour, large" names={colors} value={color} large onChange={setColor} />
        </Row>
      </Section>
    </>
  );
}
