import type en from '../en/requests';
import type { Words } from '../words';

export default {
  title: '联系人请求',
} satisfies Words<typeof en>;
