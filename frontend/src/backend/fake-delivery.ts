import type { Delivery, DeliveryStep, Line, Message } from './types';

/** What happened to a message of mine, from its state and the line. */
export function fakeDelivery(found: Message & { state: Delivery['state'] }, line: Line): Delivery {
  const after = (minutes: number) => new Date(Date.parse(found.time) + minutes * 60_000).toISOString();
  const step = (kind: DeliveryStep['kind'], time: string, rest: Partial<DeliveryStep> = {}): DeliveryStep => ({
    kind,
    way: 'unknown',
    time,
    until: '',
    server: '',
    ...rest,
  });
  const steps = [step('written', found.time)];
  if (found.state !== 'delivered' && found.state !== 'read') {
    const server = 'tin.example.org:7117';
    steps.push(step('tried', after(0.1)));
    if (found.state === 'stored') steps.push(step('stored', after(0.2), { way: 'mail', server, until: after(20_000) }));
    const code = found.state === 'stored' ? 'stored' : line.state === 'no-network' ? 'no-network' : 'full';
    const nextAt = code === 'full' ? after(4) : '';
    return {
      message: found.id,
      state: found.state,
      steps,
      waiting: { code, server, nextAt, canSave: true, canCancel: true },
    };
  }
  const ways = { lan: 'lan', direct: 'direct', relayed: 'relayed' } as const;
  const way = line.state === 'lan' || line.state === 'direct' || line.state === 'relayed' ? ways[line.state] : 'mail';
  steps.push(step('delivered', after(0.1), { way }));
  if (found.state === 'read') steps.push(step('read', after(3)));
  return { message: found.id, state: found.state, steps };
}
