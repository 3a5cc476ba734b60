import type en from '../en/about';
import type { Words } from '../words';

export default {
  title: '关于',
} satisfies Words<typeof en>;
