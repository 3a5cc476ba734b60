import { Badge, Card, Kbd, Lid, LineGlyph, Mark, QRCode, TrustMark, TwoCans } from '@/ui';
import { Row, Section } from './Section';

const enamels = [1, 2, 3, 4, 5, 6, 7, 8];
const letters = ['A', 'B', 'Ç', 'Д', 'Λ', 'N', 'Ö', 'Z'];
// A square in a corner is enough to see size, ground and colour.
const code = 'M0 0h7v7h-7zM2 2h3v3h-3zM14 0h7v7h-7zM16 2h3v3h-3zM0 14h7v7h-7zM2 16h3v3h-3zM9 9h3v3h-3zM14 14h2v2h-2z';

/** What is only looked at. */
export function Signs() {
  return (
    <>
      <Section name="people" title="People">
        <Row label="Lids">
          {enamels.map((color) => (
            <Lid key={color} letter={letters[color - 1] ?? ''} color={color} />
          ))}
        </Row>
        <Row label="There, away, not known; 24, 40, 72 px">
          <Lid letter="A" color={4} presence="online" />
          <Lid letter="A" color={4} presence="offline" />
          <Lid letter="A" color={4} presence="unknown" />
          <Lid letter="A" color={4} size={24} />
          <Lid letter="A" color={4} size={72} presence="online" />
        </Row>
        <Row label="Trust">
          <span>
            Ana <TrustMark trust="none" label="not known" />
          </span>
          <span>
            Ana <TrustMark trust="link" label="by link" />
          </span>
          <span>
            Ana <TrustMark trust="compared" label="compared" />
          </span>
          <span>
            Ana <TrustMark trust="differs" label="numbers differ" />
          </span>
        </Row>
        <Row label="Counts">
          <Badge count={1} />
          <Badge count={42} />
          <Badge count={1204} />
        </Row>
      </Section>
      <Section name="drawings" title="Drawings">
        <Row label="Lines">
          <LineGlyph state="lan" />
          <LineGlyph state="direct" />
          <LineGlyph state="relayed" />
          <LineGlyph state="waiting" />
        </Row>
        <Row label="The mark">
          <Mark size={16} />
          <Mark size={24} />
          <Mark size={48} />
          <TwoCans />
        </Row>
        <Row label="Keys">
          <Kbd keys="Ctrl Shift F" />
          <Kbd keys="Esc" />
        </Row>
        <Row label="A code on a card">
          <Card>
            <QRCode path={code} size={21} label="A sample" />
          </Card>
        </Row>
      </Section>
    </>
  );
}
