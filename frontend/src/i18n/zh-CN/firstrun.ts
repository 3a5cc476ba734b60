import type en from '../en/firstrun';
import type { Words } from '../words';

export default {
  title: '接一条线',
} satisfies Words<typeof en>;
