import { initial, useConversation, usePicture } from '@/model';
import { Lid } from '@/ui';

export interface SpeakerLidProps {
  conversation: string;
  name: string;
  color: number;
}

/** The lid beside what they say. */
export function SpeakerLid({ conversation, name, color }: SpeakerLidProps) {
  const picture = usePicture(conversation, useConversation(conversation)?.picture);
  return <Lid letter={initial(name)} color={color} size={32} picture={picture} />;
}
